/** All items as a table that sorts and filters. */
import { Mark } from "../parts/mark.tsx";
import { kindOfProblem, useProblemText } from "../parts/problem.tsx";
import { useLabel, useTranslate } from "../state/app.ts";
import { COLUMNS, type Item, type Order } from "../state/files.ts";
import { percent } from "../state/percent.ts";
import { SaidError } from "../state/said-error.ts";

export interface TableProps {
  readonly items: readonly Item[];
  readonly order: Order;
  readonly chosen: number | undefined;
  sort(order: Order): void;
  choose(id: number): void;
}

const KIND = {
  text: "files.kindText",
  image: "files.kindImage",
  audio: "files.kindAudio",
  video: "files.kindVideo",
} as const;

function Answer({ item }: { readonly item: Item }) {
  const t = useTranslate();
  const name = useLabel();
  const problem = useProblemText();
  const { progress } = item;
  switch (progress.state) {
    case "done":
      return (
        <span class="answer">
          <Mark label={progress.prediction.label} />
          {progress.prediction.label === null ? t("result.uncertain") : name(progress.prediction.label)}
        </span>
      );
    case "failed":
      return (
        <span class="failed">
          {t("files.failed")}:{" "}
          {progress.error instanceof SaidError
            ? t(progress.error.title, progress.error.values)
            : problem(kindOfProblem(progress.error), String(progress.error))}
        </span>
      );
    case "waiting":
    case "running":
    case "cancelled":
      return <span class="soft">{t(`files.${progress.state}`)}</span>;
  }
}

export function FilesTable({ items, order, chosen, sort, choose }: TableProps) {
  const t = useTranslate();
  return (
    <div class="table-frame">
      <table>
        <thead>
          <tr>
            {COLUMNS.map((column) => {
              const own = order.column === column;
              const name = t(`files.${column}`);
              return (
                <th
                  key={column}
                  class={column}
                  scope="col"
                  aria-sort={own ? (order.down ? "descending" : "ascending") : "none"}
                >
                  <button
                    type="button"
                    aria-label={t("files.sort", { column: name })}
                    onClick={() => sort({ column, down: own ? !order.down : column === "confidence" })}
                  >
                    {name}
                    <span aria-hidden="true">{own ? (order.down ? " ↓" : " ↑") : ""}</span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id} class={item.id === chosen ? "chosen" : ""}>
              <td>
                <button
                  type="button"
                  class="link"
                  aria-label={t("files.details", { name: item.name })}
                  aria-pressed={item.id === chosen}
                  onClick={() => choose(item.id)}
                >
                  {item.name}
                </button>
              </td>
              <td class="kind">{t(KIND[item.kind])}</td>
              <td>
                <Answer item={item} />
              </td>
              <td class="number">
                {item.progress.state === "done" ? percent(item.progress.prediction.confidence) : ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

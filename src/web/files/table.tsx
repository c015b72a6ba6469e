/** All items as a table that sorts. */
import { useState } from "preact/hooks";
import { Mark } from "../parts/mark.tsx";
import { kindOfProblem, useProblemText } from "../parts/problem.tsx";
import { settings, useLabel, useTranslate } from "../state/app.ts";
import { columnsOf, type Item, type Order } from "../state/files.ts";
import { percent } from "../state/percent.ts";
import { SaidError } from "../state/said-error.ts";
import { useStore } from "../state/store.ts";
import { isDate, isDay } from "../state/summary.ts";

export interface TableProps {
  readonly items: readonly Item[];
  readonly order: Order;
  readonly chosen: number | undefined;
  /** Whether all rows are drawn, however many. */
  readonly whole: boolean;
  sort(order: Order): void;
  choose(id: number): void;
}

/** Rows drawn at once: thousands would make every change slow. */
const MOST_SHOWN = 100;

export const KIND_NAMES = {
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
          {t("files.failedFor", {
            reason:
              progress.error instanceof SaidError
                ? t(progress.error.title, progress.error.values)
                : problem(kindOfProblem(progress.error), String(progress.error)),
          })}
        </span>
      );
    case "waiting":
    case "running":
    case "cancelled":
      return <span class="soft">{t(`files.${progress.state}`)}</span>;
  }
}

/** Days without a time of day are told as days, as they were written. */
function momentFormat(items: readonly Item[], language: string): Intl.DateTimeFormat {
  const days = items.every(({ at = 0 }) => isDay(at));
  return new Intl.DateTimeFormat(
    language,
    days ? { dateStyle: "medium", timeZone: "UTC" } : { dateStyle: "medium", timeStyle: "short" },
  );
}

export function FilesTable({ items, order, chosen, whole, sort, choose }: TableProps) {
  const t = useTranslate();
  const { language } = useStore(settings);
  const [most, setMost] = useState(MOST_SHOWN);
  const columns = columnsOf(items);
  const shown = whole ? items : items.slice(0, most);
  const left = items.length - shown.length;
  const format = momentFormat(items, language);
  const moment = (at: number | undefined): string =>
    at === undefined ? "" : isDate(at) ? format.format(at) : String(at);
  return (
    <div class="table-frame">
      <table>
        <thead>
          <tr>
            {columns.map((column) => {
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
          {shown.map((item) => (
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
                <span class="beside small soft">
                  {[item.speaker ?? "", moment(item.at)].filter((one) => one !== "").join(" · ")}
                </span>
              </td>
              {columns.includes("speaker") ? <td class="speaker">{item.speaker ?? ""}</td> : null}
              {columns.includes("time") ? <td class="time number">{moment(item.at)}</td> : null}
              <td class="kind">{t(KIND_NAMES[item.kind])}</td>
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
      {items.length === 0 ? <p class="soft none">{t("files.nothingFits")}</p> : null}
      {left > 0 ? (
        <p class="more">
          <button type="button" class="button small" onClick={() => setMost(most + 5 * MOST_SHOWN)}>
            {t("files.more", { count: Math.min(left, 5 * MOST_SHOWN), all: left })}
          </button>
        </p>
      ) : null}
    </div>
  );
}

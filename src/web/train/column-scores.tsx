/** How well a multi-task model answers its further columns on the test rows. */

import { useTranslate } from "../state/app.ts";
import { numberText } from "../state/number-text.ts";
import type { Key } from "../strings.ts";
import type { ColumnScore } from "./requests.ts";

/** The metrics of each kind, as the page names them. */
const METRICS: Readonly<Record<ColumnScore["kind"], readonly (readonly [string, Key])[]>> = {
  number: [
    ["ccc", "train.ccc"],
    ["pearson", "train.pearson"],
    ["mae", "train.mae"],
  ],
  category: [
    ["accuracy", "train.accuracy"],
    ["uar", "train.uar"],
    ["macroF1", "train.macroF1"],
  ],
};

function Metric({ name, value }: { readonly name: string; readonly value: unknown }) {
  if (typeof value !== "number") return <td class="number">–</td>;
  // A mean error is in the unit of its column, whatever its size.
  return <td class="number">{name === "mae" ? numberText(value) : value.toFixed(3).replace("-", "−")}</td>;
}

interface ColumnScoresProps {
  readonly columns: Readonly<Record<string, ColumnScore>>;
}

export function ColumnScores({ columns }: ColumnScoresProps) {
  const t = useTranslate();
  const kinds = (["number", "category"] as const).map((kind) => ({
    kind,
    own: Object.entries(columns).filter(([, score]) => score.kind === kind),
  }));
  return (
    <section class="stack tight column-scores" aria-label={t("train.columns")}>
      <h4>{t("train.columns")}</h4>
      {kinds
        .filter(({ own }) => own.length > 0)
        .map(({ kind, own }) => (
          // It scrolls on a narrow screen: without a place in the tab order nobody could do so by keyboard.
          <div
            key={kind}
            class="table-frame plain"
            role="group"
            aria-label={own.map(([field]) => field).join(", ")}
            tabIndex={0}
          >
            <table>
              <thead>
                <tr>
                  <th scope="col">{t("train.column")}</th>
                  <th scope="col">{t("train.columnRows")}</th>
                  {METRICS[kind].map(([name, key]) => (
                    <th key={name} scope="col">
                      {t(key)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {own.map(([field, score]) => (
                  <tr key={field}>
                    <th scope="row">{field}</th>
                    <td class="number">{score.n}</td>
                    {METRICS[kind].map(([name]) => (
                      <Metric key={name} name={name} value={(score as Readonly<Record<string, unknown>>)[name]} />
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ))}
    </section>
  );
}

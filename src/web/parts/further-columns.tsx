/** What models were trained to answer beside the emotion: numbers and categories, by modality, as nothing pools them. */
import { MODALITIES, type Modality } from "../../core/modality.ts";
import type { FurtherColumns, Prediction, Scores } from "../../core/prediction.ts";
import { useTranslate } from "../state/app.ts";
import { numberText } from "../state/number-text.ts";
import { percent } from "../state/percent.ts";

/** Values of a category that are shown at once. */
const MOST_SHOWN = 3;

function Category({ scores }: { readonly scores: Scores }) {
  const t = useTranslate();
  const [top, ...others] = scores;
  if (top === undefined) return null;
  const shown = others.slice(0, MOST_SHOWN - 1);
  const rest = others.slice(MOST_SHOWN - 1);
  const says = (some: Scores): string => some.map(({ label, score }) => `${label} ${percent(score)}`).join(" · ");
  return (
    <>
      <strong>
        {top.label} {percent(top.score)}
      </strong>
      {shown.length === 0 ? null : <span class="soft small">{says(shown)}</span>}
      {rest.length === 0 ? null : (
        <details class="small soft">
          <summary>{t("columns.more", { count: rest.length })}</summary>
          {says(rest)}
        </details>
      )}
    </>
  );
}

/** Field by field, in the order of the model. */
export function ColumnList({ columns: { numbers = {}, categories = {} } }: { readonly columns: FurtherColumns }) {
  return (
    <dl>
      {Object.entries(numbers).map(([field, value]) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>
            <strong>{numberText(value)}</strong>
          </dd>
        </div>
      ))}
      {Object.entries(categories).map(([field, scores]) => (
        <div key={field}>
          <dt>{field}</dt>
          <dd>
            <Category scores={scores} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function columnsOf(modalities: Prediction["modalities"]): (readonly [Modality, FurtherColumns])[] {
  return MODALITIES.flatMap((modality) => {
    const own = modalities[modality];
    return own?.present === true && own.columns !== undefined ? [[modality, own.columns] as const] : [];
  });
}

/** Nothing where no model has any. */
export function FurtherColumnsOf({ modalities }: Pick<Prediction, "modalities">) {
  const t = useTranslate();
  const told = columnsOf(modalities);
  if (told.length === 0) return null;
  return (
    <section class="columns" aria-label={t("columns.title")}>
      <h3>{t("columns.title")}</h3>
      {told.map(([modality, columns]) => (
        <div key={modality}>
          <h4 class="small soft">{t("columns.of", { modality: t(`modality.${modality}`) })}</h4>
          <ColumnList columns={columns} />
        </div>
      ))}
      <p class="small soft">{t("columns.hint")}</p>
    </section>
  );
}

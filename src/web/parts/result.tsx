/** A prediction for people: a word with its shape, how sure, every score, and what it rests on. */
import { MODALITIES } from "../../core/modality.ts";
import type { Prediction, Scores } from "../../core/prediction.ts";
import { useLabel, useTranslate } from "../state/app.ts";
import { percent } from "../state/percent.ts";
import { FurtherColumnsOf } from "./further-columns.tsx";
import { Mark } from "./mark.tsx";
import { useProblemText } from "./problem.tsx";

type VerdictProps = Pick<Prediction, "label" | "abstainCode" | "scores" | "confidence">;

export function Verdict({ label, abstainCode = "low-confidence", scores, confidence }: VerdictProps) {
  const t = useTranslate();
  const name = useLabel();
  return (
    <div class="verdict">
      <Mark label={label} />
      <span class="says">{t(label === null ? "result.title" : "result.appears")}</span>
      <strong class="label">{label === null ? t("result.uncertain") : name(label)}</strong>
      <p class="note soft">
        {label === null
          ? t(`abstain.${abstainCode}`, { label: name(scores[0]?.label ?? "neutral") })
          : t("result.confidence", { percent: percent(confidence) })}
      </p>
    </div>
  );
}

/** @param order labels in the order to show them; default: highest first */
export function ScoreBars({ scores, order }: { readonly scores: Scores; readonly order?: readonly string[] }) {
  const t = useTranslate();
  const name = useLabel();
  const shown = order?.map((label) => scores.find((one) => one.label === label) ?? { label, score: 0 }) ?? scores;
  const top = scores[0]?.label;
  return (
    <ul class="bars" aria-label={t("result.scores")}>
      {shown.map(({ label, score }) => (
        <li key={label} class={`of-${label} ${label === top ? "top" : ""}`}>
          <Mark label={label} />
          <span class="name">{name(label)}</span>
          <span class="track" aria-hidden="true">
            <span class="fill" style={{ width: `${100 * score}%` }} />
          </span>
          <span class="share">{percent(score)}</span>
        </li>
      ))}
    </ul>
  );
}

export function Weights({ modalities }: Pick<Prediction, "modalities">) {
  const t = useTranslate();
  const name = useLabel();
  const problem = useProblemText();
  const given = MODALITIES.flatMap((modality) => {
    const result = modalities[modality];
    return result === undefined ? [] : [{ modality, result }];
  });
  if (given.length === 0) return null;
  return (
    <section class="weights" aria-label={t("result.weights")}>
      <h3>{t("result.weights")}</h3>
      <div class="stripe" aria-hidden="true">
        {given.map(({ modality, result }) =>
          result.present ? (
            <span key={modality} class={`by-${modality}`} style={{ width: `${100 * result.weight}%` }} />
          ) : null,
        )}
      </div>
      <dl>
        {given.map(({ modality, result }) => (
          <div key={modality}>
            <dt>
              <i class={result.present ? `by-${modality}` : ""} aria-hidden="true" />
              {t(`modality.${modality}`)}
            </dt>
            <dd>
              {result.present
                ? `${percent(result.weight)} · ${name(result.scores[0]?.label ?? "")} · ${t("result.quality", { percent: percent(result.quality) })}`
                : t("result.absent", { reason: problem(result.code, result.reason) })}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function ResultCard({ prediction }: { readonly prediction: Prediction }) {
  return (
    <div class="stack">
      <Verdict {...prediction} />
      <ScoreBars scores={prediction.scores} />
      <Weights modalities={prediction.modalities} />
      <FurtherColumnsOf modalities={prediction.modalities} />
    </div>
  );
}

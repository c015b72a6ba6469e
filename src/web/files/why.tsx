/** Why a file was answered as it was: words, face, moments and modalities with what each adds to a label. */
import { useEffect } from "preact/hooks";
import { MODALITIES } from "../../core/modality.ts";
import type { Prediction } from "../../core/prediction.ts";
import { Problem } from "../parts/problem.tsx";
import { settings, useLabel, useTranslate } from "../state/app.ts";
import type { Item } from "../state/files.ts";
import { percent } from "../state/percent.ts";
import { signedPoints } from "../state/points.ts";
import { useStore } from "../state/store.ts";
import { Heat } from "./heat.tsx";
import { Words } from "./words.tsx";

/** Texts up to this length are explained on the device without being asked, in characters. */
const SHORT_TEXT = 400;

export interface WhyProps {
  readonly item: Item;
  readonly prediction: Prediction;
  explain(label: string | undefined): void;
}

export function Why({ item, prediction, explain }: WhyProps) {
  const t = useTranslate();
  const name = useLabel();
  const { place } = useStore(settings);
  const { why, content } = item;
  const short = typeof content === "string" && content.length <= SHORT_TEXT && place === "device";
  useEffect(() => {
    if (short && why === undefined) explain(undefined);
  }, [item.id, short]);
  const found = why?.state === "done" ? why.explanation : undefined;
  const label = found?.label ?? (why?.state === "running" ? why.label : undefined) ?? prediction.scores[0]?.label ?? "";
  const modalities = MODALITIES.flatMap((modality) => {
    const points = found?.modalities?.points[modality];
    return points === undefined ? [] : [{ modality, points }];
  });
  const strongest = Math.max(0.05, ...modalities.map(({ points }) => Math.abs(points)));
  return (
    <section class="why stack" aria-label={t("why.title")} aria-busy={why?.state === "running"}>
      <div class="row between">
        <h3>{t("why.title")}</h3>
        <div class="row">
          <label class="row small">
            {t("why.label")}
            <select class="field small" value={label} onChange={({ currentTarget }) => explain(currentTarget.value)}>
              {prediction.scores.map((one) => (
                <option key={one.label} value={one.label}>
                  {name(one.label)}
                </option>
              ))}
            </select>
          </label>
          {found === undefined ? (
            <button
              type="button"
              class="button small"
              disabled={why?.state === "running"}
              onClick={() => explain(label)}
            >
              {t(why?.state === "running" ? "why.working" : "why.ask")}
            </button>
          ) : null}
        </div>
      </div>
      {why?.state === "failed" ? <Problem error={why.error} again={() => explain(label)} /> : null}
      {found === undefined ? null : (
        <>
          {modalities.length === 0 ? null : (
            <ul class="shares" aria-label={t("why.modalities")}>
              {modalities.map(({ modality, points }) => (
                <li key={modality}>
                  <span>{t(`modality.${modality}`)}</span>
                  <span class="track" aria-hidden="true">
                    <i
                      class={points < 0 ? "against" : "for"}
                      style={{
                        width: `${(50 * Math.abs(points)) / strongest}%`,
                        [points < 0 ? "right" : "left"]: "50%",
                      }}
                    />
                  </span>
                  <b>{signedPoints(points)}</b>
                </li>
              ))}
            </ul>
          )}
          {found.text !== undefined && typeof content === "string" ? <Words text={content} why={found.text} /> : null}
          {found.face !== undefined && typeof content !== "string" ? <Heat file={content} why={found.face} /> : null}
          {found.speech === undefined ? null : <p class="small">{t("why.speech")}</p>}
          {(found.silent ?? []).map((modality) => (
            <p key={modality} class="small soft">
              {t("why.silent", { modality: t(`modality.${modality}`), label: name(label) })}
            </p>
          ))}
          <p class={`signs small soft ${found.text === undefined ? "of-areas" : "of-words"}`}>
            <span class="for">{t("why.for", { label: name(label) })}</span>
            <span class="against">{t("why.against", { label: name(label) })}</span>
          </p>
          <p class="small soft">
            {t("why.points", {
              label: name(label),
              percent: percent(prediction.scores.find((one) => one.label === label)?.score ?? 0),
            })}
          </p>
        </>
      )}
    </section>
  );
}

/** Segments of face and voice over time, as lanes; a place in time can be chosen, and the player's place is shown. */

import type { SpeechExplanation } from "../../core/explanation.ts";
import { MODALITIES } from "../../core/modality.ts";
import type { Segment } from "../../core/prediction.ts";
import { Mark } from "../parts/mark.tsx";
import { useLabel, useTranslate } from "../state/app.ts";
import { clock } from "../state/clock.ts";
import { percent } from "../state/percent.ts";
import { signedPoints } from "../state/points.ts";
import { isDuring } from "./segment-columns.tsx";

export interface LanesProps {
  readonly segments: readonly Segment[];
  readonly durationMs: number;
  /** Where the player is, in ms. */
  readonly atMs: number;
  /** Which moments the answer of the voice rests on, once that is known. */
  readonly why: SpeechExplanation | undefined;
  seek(ms: number): void;
}

/** Moments above the line speak for the label, moments below it against it. */
function Moments({ why, place }: { readonly why: SpeechExplanation; place(ms: number): string }) {
  const strongest = Math.max(0.05, ...why.spans.map(({ points }) => Math.abs(points)));
  return (
    <>
      {why.spans.map(({ startMs, endMs, points }) => (
        <i
          key={startMs}
          class={`moment ${points < 0 ? "against" : "for"}`}
          title={`${clock(startMs)}–${clock(endMs)}: ${signedPoints(points)}`}
          style={{
            left: place(startMs),
            width: place(endMs - startMs),
            height: `${(50 * Math.abs(points)) / strongest}%`,
          }}
        />
      ))}
    </>
  );
}

export function Lanes({ segments, durationMs, atMs, why, seek }: LanesProps) {
  const t = useTranslate();
  const name = useLabel();
  const place = (ms: number): string => `${(100 * ms) / durationMs}%`;
  const toPlace = (event: MouseEvent & { readonly currentTarget: HTMLElement }): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    // A segment that is clicked in its middle is heard from there; the keyboard has no place and takes its start.
    if (event.detail > 0) seek(Math.max(0, Math.min(1, (event.clientX - left) / width)) * durationMs);
  };
  const needle = <i class="needle" style={{ left: place(Math.min(atMs, durationMs)) }} aria-hidden="true" />;
  return (
    <section class="lanes" aria-label={t("files.timeline")}>
      <div class="row between">
        <h3>{t("files.timeline")}</h3>
        <span class="small soft clock">
          {clock(atMs)} / {clock(durationMs)}
        </span>
      </div>
      {MODALITIES.filter((modality) => segments.some((one) => one.modality === modality)).map((modality) => (
        <div class="lane" key={modality}>
          <span class="small soft">{t(`modality.${modality}`)}</span>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the segments inside and the player take the keyboard */}
          <div class="track" onClick={toPlace}>
            {segments
              .filter((one) => one.modality === modality)
              .map((segment) => {
                const { startMs, endMs, label, confidence } = segment;
                const says = `${clock(startMs)}–${clock(endMs)}: ${name(label)}, ${percent(confidence)}`;
                return (
                  <button
                    type="button"
                    key={startMs}
                    class={`of-${label}`}
                    aria-current={isDuring(segment, atMs) ? "true" : undefined}
                    style={{ left: place(startMs), width: place(endMs - startMs) }}
                    title={says}
                    aria-label={says}
                    onClick={(event) => event.detail === 0 && seek(startMs)}
                  >
                    <Mark label={label} />
                    <span>{name(label)}</span>
                  </button>
                );
              })}
            {needle}
          </div>
        </div>
      ))}
      {why === undefined ? null : (
        <div class="lane">
          <span class="small soft">{t("why.moments")}</span>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the player takes the keyboard */}
          <div class="track moments" role="img" aria-label={t("why.momentsHint")} onClick={toPlace}>
            <Moments why={why} place={place} />
            {needle}
          </div>
        </div>
      )}
    </section>
  );
}

/** Segments of face and voice over time, as lanes; a place in time can be chosen. */

import { MODALITIES } from "../../core/modality.ts";
import type { Segment } from "../../core/prediction.ts";
import { Mark } from "../parts/mark.tsx";
import { useLabel, useTranslate } from "../state/app.ts";
import { percent } from "../state/percent.ts";

export interface LanesProps {
  readonly segments: readonly Segment[];
  readonly durationMs: number;
  /** Where the player is, in ms. */
  readonly atMs: number;
  seek(ms: number): void;
}

function clock(ms: number): string {
  return `${Math.floor(ms / 60_000)}:${((Math.floor(ms / 100) / 10) % 60).toFixed(1).padStart(4, "0")}`;
}

export function Lanes({ segments, durationMs, atMs, seek }: LanesProps) {
  const t = useTranslate();
  const name = useLabel();
  const place = (ms: number): string => `${(100 * ms) / durationMs}%`;
  return (
    <section class="lanes" aria-label={t("files.timeline")}>
      <h3>{t("files.timeline")}</h3>
      {MODALITIES.filter((modality) => segments.some((one) => one.modality === modality)).map((modality) => (
        <div class="lane" key={modality}>
          <span class="small soft">{t(`modality.${modality}`)}</span>
          <div class="track">
            {segments
              .filter((one) => one.modality === modality)
              .map(({ startMs, endMs, label, confidence }) => {
                const says = `${clock(startMs)}–${clock(endMs)}: ${name(label)}, ${percent(confidence)}`;
                return (
                  <button
                    type="button"
                    key={startMs}
                    class={`of-${label}`}
                    style={{ left: place(startMs), width: place(endMs - startMs) }}
                    title={says}
                    aria-label={says}
                    onClick={() => seek(startMs)}
                  >
                    <Mark label={label} />
                    <span>{name(label)}</span>
                  </button>
                );
              })}
            <i class="needle" style={{ left: place(Math.min(atMs, durationMs)) }} aria-hidden="true" />
          </div>
        </div>
      ))}
    </section>
  );
}

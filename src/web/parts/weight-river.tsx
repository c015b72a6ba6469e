/** How much words, face and voice each counted, from moment to moment: their shares lie on each other. */
import { MODALITIES } from "../../core/modality.ts";
import { useTranslate } from "../state/app.ts";
import type { Moment } from "../state/live.ts";
import { percent } from "../state/percent.ts";
import { leadingModality } from "../state/river.ts";

const HEIGHT = 28;
/** Width of the drawing, which is stretched to the place that it gets. */
const WIDTH = 1000;

export interface WeightRiverProps {
  readonly moments: readonly Moment[];
  /** What is shown, in ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** One stripe from `lower` to `upper`, with a gap wherever nothing was recognized. */
function stripe(moments: readonly Moment[], at: number, x: (timeMs: number) => number): string {
  const parts: string[] = [];
  for (const [index, { timeMs, weights }] of moments.entries()) {
    if (weights === undefined) continue;
    const end = moments[index + 1]?.timeMs ?? timeMs;
    const before = MODALITIES.slice(0, at).reduce((sum, one) => sum + (weights[one] ?? 0), 0);
    const own = weights[MODALITIES[at] as (typeof MODALITIES)[number]] ?? 0;
    if (own > 0) parts.push(`M${x(timeMs)} ${before * HEIGHT}H${x(end)}v${own * HEIGHT}H${x(timeMs)}z`);
  }
  return parts.join("");
}

export function WeightRiver({ moments, fromMs, toMs }: WeightRiverProps) {
  const t = useTranslate();
  const x = (timeMs: number): number =>
    Math.round(Math.max(0, (WIDTH * (timeMs - fromMs)) / Math.max(1, toMs - fromMs)));
  const leading = leadingModality(moments);
  const said =
    leading && t("live.weightsNow", { what: t(`modality.${leading.name}`), percent: percent(leading.share) });
  return (
    <figure class="weight-river">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${t("live.weightsHint")}${said ?? ""}`}
      >
        <defs>
          {/* The drawing is stretched: upright lines stay upright. */}
          <pattern id="by-speech" width="14" height={HEIGHT} patternUnits="userSpaceOnUse">
            <rect class="ground" width="14" height={HEIGHT} />
            <rect class="line" width="7" height={HEIGHT} />
          </pattern>
        </defs>
        {MODALITIES.map((modality, at) => (
          <path
            key={modality}
            class={`by-${modality}`}
            fill={modality === "speech" ? "url(#by-speech)" : undefined}
            d={stripe(moments, at, x)}
          />
        ))}
      </svg>
      <figcaption>
        <ul class="legend small">
          {MODALITIES.map((modality) => (
            <li key={modality}>
              <i class={`by-${modality}`} aria-hidden="true" />
              {t(`modality.${modality}`)}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

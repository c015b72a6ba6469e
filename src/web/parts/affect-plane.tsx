/** Valence and arousal as a point on a plane, with the trail of where it came from (Russell 1980). */
import type { Affect } from "../../core/affect.ts";
import { useTranslate } from "../state/app.ts";

/** Half the side of the plane, in units of the drawing. */
const HALF = 100;

const across = ({ valence }: Affect): number => HALF * valence;
/** Excited is up. */
const down = ({ arousal }: Affect): number => -HALF * arousal;

export interface AffectPlaneProps {
  /** Oldest first; the last one is now. Undefined where there was nothing to recognize. */
  readonly trail: readonly (Affect | undefined)[];
}

export function AffectPlane({ trail }: AffectPlaneProps) {
  const t = useTranslate();
  const places = trail.filter((place) => place !== undefined);
  const now = trail.at(-1);
  const words = (axis: "valence" | "arousal"): string => {
    const value = now?.[axis] ?? 0;
    const side = value > 0.1 ? "high" : value < -0.1 ? "low" : "middle";
    return t(`affect.${axis}.${side}`);
  };
  const described = now === undefined ? t("live.waiting") : `${words("valence")}, ${words("arousal")}`;
  return (
    <figure class="affect-plane">
      <svg viewBox="-128 -122 256 244" role="img" aria-label={`${t("affect.title")}: ${described}`}>
        <rect class="ground" x={-HALF} y={-HALF} width={2 * HALF} height={2 * HALF} rx="12" />
        <path class="axes" d={`M${-HALF} 0H${HALF}M0 ${-HALF}V${HALF}`} />
        <text x="0" y={-HALF - 8}>
          {t("affect.arousal.high")}
        </text>
        <text x="0" y={HALF + 17}>
          {t("affect.arousal.low")}
        </text>
        <text x={-HALF - 8} y="0" class="upright">
          {t("affect.valence.low")}
        </text>
        <text x={HALF + 17} y="0" class="upright">
          {t("affect.valence.high")}
        </text>
        <polyline class="trail" points={places.map((place) => `${across(place)},${down(place)}`).join(" ")} />
        {now === undefined ? null : <circle class="now" cx={across(now)} cy={down(now)} r="7" />}
      </svg>
      <figcaption class="small soft">{described}</figcaption>
    </figure>
  );
}

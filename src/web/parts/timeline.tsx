/** Scores over time as a river: at every moment the seven shares lie on each other. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { EMOTIONS } from "../../core/emotion.ts";
import { settings, useLabel, useTranslate } from "../state/app.ts";
import type { Moment } from "../state/live.ts";
import { percent } from "../state/percent.ts";
import { leadingEmotion, longestStretches } from "../state/river.ts";
import { useStore } from "../state/store.ts";
import { Mark } from "./mark.tsx";

const HEIGHT = 150;

/** For each emotion the upper edge of its stripe, in seconds; the last one first, so that nearer stripes cover it. */
function stripes(moments: readonly Moment[]): uPlot.AlignedData {
  const seconds = moments.map(({ timeMs }) => timeMs / 1000);
  const edges = EMOTIONS.map((_, upTo) =>
    moments.map(({ scores }) => scores?.slice(0, upTo + 1).reduce((sum, share) => sum + share, 0) ?? null),
  );
  return [seconds, ...edges.reverse()] as uPlot.AlignedData;
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** What the chart draws words from. */
interface Worded {
  readonly moments: readonly Moment[];
  name(label: string): string;
}

const FONT = "12px Figtree, sans-serif";

/** The word of an emotion in its stripe, where there is room for it: colour must not be the only sign. */
function drawWords(
  own: uPlot,
  { moments, name }: Worded,
  { ink, card }: { readonly ink: string; readonly card: string },
) {
  const { ctx } = own;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.font = FONT.replace("12", String(12 * ratio));
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3 * ratio;
  ctx.strokeStyle = card;
  ctx.fillStyle = ink;
  for (const { label, fromMs, toMs, height } of longestStretches(moments)) {
    const [from, to] = [fromMs, toMs].map((ms) => own.valToPos(ms / 1000, "x", true)) as [number, number];
    const word = name(label);
    if (to - from < ctx.measureText(word).width + 8 * ratio) continue;
    const place = [(from + to) / 2, own.valToPos(height, "y", true)] as const;
    ctx.strokeText(word, ...place);
    ctx.fillText(word, ...place);
  }
  ctx.restore();
}

function plot(place: HTMLElement, width: number, worded: () => Worded): uPlot {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const series = [...EMOTIONS].reverse().map(
    (emotion): uPlot.Series => ({
      stroke: colour("card"),
      width: 1,
      fill: colour(emotion),
      points: { show: false },
      spanGaps: false,
    }),
  );
  return new uPlot(
    {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [4, 16, 0, 16],
      scales: { x: { time: false }, y: { range: [0, 1] } },
      axes: [
        {
          stroke: colour("ink-soft"),
          font: FONT,
          grid: { show: false },
          ticks: { show: false },
          size: 24,
          values: (_plot, splits) => splits.map(clock),
        },
        { show: false },
      ],
      series: [{}, ...series],
      hooks: { draw: [(own) => drawWords(own, worded(), { ink: colour("ink"), card: colour("card") })] },
    },
    [[]],
    place,
  );
}

export interface TimelineProps {
  readonly moments: readonly Moment[];
  /** What is shown, in ms; default: all of it. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

export function Timeline({ moments, fromMs, toMs }: TimelineProps) {
  const t = useTranslate();
  const name = useLabel();
  const { theme } = useStore(settings);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>();
  const worded = useRef<Worded>({ moments, name });
  worded.current = { moments, name };

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const own = plot(element, element.clientWidth, () => worded.current);
    chart.current = own;
    const watcher = new ResizeObserver(() => own.setSize({ width: element.clientWidth, height: HEIGHT }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      own.destroy();
      chart.current = undefined;
    };
  }, [theme]);

  useEffect(() => {
    const own = chart.current;
    if (own === undefined) return;
    const min = fromMs ?? moments[0]?.timeMs ?? 0;
    const max = toMs ?? moments.at(-1)?.timeMs ?? 1;
    own.batch(() => {
      own.setData(stripes(moments), false);
      own.setScale("x", { min: min / 1000, max: Math.max(max, min + 1) / 1000 });
    });
  }, [moments, fromMs, toMs, theme]);

  const leading = leadingEmotion(moments);
  const said = leading && t("live.timelineNow", { label: name(leading.name), percent: percent(leading.share) });
  return (
    <figure class="timeline">
      <div ref={place} role="img" aria-label={`${t("live.timelineHint")}${said ?? ""}`} />
      <figcaption>
        <ul class="legend small">
          {EMOTIONS.map((label) => (
            <li key={label}>
              <Mark label={label} />
              {name(label)}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

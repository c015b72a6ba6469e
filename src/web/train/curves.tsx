/** Lines over epochs, with a legend that tells them apart by dash as well as by colour. */
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { columnMetricOf, columnMetricsIn } from "../../train/column-metric.ts";
import { settings, useTranslate } from "../state/app.ts";
import { useStore } from "../state/store.ts";
import type { Key } from "../strings.ts";
import type { Training } from "./requests.ts";

const HEIGHT = 190;
const COLOURS = ["accent", "surprise", "sadness", "joy", "fear", "anger"] as const;
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 4], [10, 4, 2, 4], [4, 2], [1, 3]];

export interface Line {
  readonly name: string;
  /** By epoch, from the first. */
  readonly values: readonly (number | null)[];
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? "accent";
}

function plot(place: HTMLElement, count: number, percent: boolean): uPlot {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: colour("ink-soft"), font: "12px Figtree, sans-serif", ticks: { show: false } };
  return new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 12, 0, 0],
      scales: { x: { time: false }, ...(percent ? { y: { range: [0, 1] as [number, number] } } : {}) },
      axes: [
        { ...axis, grid: { show: false }, size: 26, incrs: [1, 2, 5, 10, 20, 50, 100] },
        {
          ...axis,
          grid: { stroke: colour("line"), width: 1 },
          size: 58,
          values: (_plot, splits) =>
            splits.map((value) => (percent ? `${Math.round(100 * value)} %` : String(Number(value.toPrecision(3))))),
        },
      ],
      series: [
        {},
        ...Array.from({ length: count }, (_, index) => ({
          stroke: colour(colourOf(index)),
          width: 2,
          dash: [...(DASHES[index % DASHES.length] ?? [])],
          points: { size: 5, fill: colour("card") },
        })),
      ],
    },
    [[], ...Array.from({ length: count }, () => [])],
    place,
  );
}

function Chart({ title, lines, percent = false }: { title: string; lines: readonly Line[]; percent?: boolean }) {
  const t = useTranslate();
  const { theme } = useStore(settings);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>();
  const count = lines.length;
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const own = plot(element, count, percent);
    chart.current = own;
    const watcher = new ResizeObserver(() => own.setSize({ width: element.clientWidth, height: HEIGHT }));
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      own.destroy();
      chart.current = undefined;
    };
  }, [theme, count, percent]);
  useEffect(() => {
    const epochs = Math.max(...lines.map(({ values }) => values.length));
    const columns = lines.map(({ values }) => Array.from({ length: epochs }, (_, at) => values[at] ?? null));
    chart.current?.setData([Array.from({ length: epochs }, (_, at) => at + 1), ...columns]);
  }, [lines, theme]);
  const [first] = lines;
  const value = String(Number((first?.values.at(-1) ?? 0).toPrecision(3)));
  return (
    <figure class="curve">
      <figcaption>
        <h4>{title}</h4>
        <ul class="legend small">
          {lines.map(({ name }, index) => (
            <li key={name}>
              <svg viewBox="0 0 28 6" width="28" height="6" aria-hidden="true">
                <line
                  x1="0"
                  x2="28"
                  y1="3"
                  y2="3"
                  stroke={`var(--${colourOf(index)})`}
                  stroke-width="2.5"
                  stroke-dasharray={(DASHES[index % DASHES.length] ?? []).join(" ")}
                />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={place} role="img" aria-label={t("train.chart", { title, name: first?.name ?? "", value })} />
    </figure>
  );
}

/** What the metrics of further columns are called; a correlation has no percent. */
const COLUMN_METRICS: Readonly<Record<string, Key>> = { ccc: "train.ccc", accuracy: "train.accuracy" };

/** The curves of one training, or of several over each other. */
export function Curves({ trainings }: { readonly trainings: readonly Training[] }) {
  const t = useTranslate();
  const drawn = trainings.filter(({ history }) => history.length > 0);
  if (drawn.length === 0) return <p class="soft">{t("train.firstTurn")}</p>;
  const of = (name: string, value: (epoch: Training["history"][number]) => number | undefined): Line[] =>
    drawn.map(({ id, history }) => ({
      name: drawn.length === 1 ? name : id,
      values: history.map((epoch) => value(epoch) ?? null),
    }));
  const single = drawn.length === 1;
  const uar = of(t("train.uar"), ({ metrics }) => metrics["uar"]);
  const validation = of(t("train.lossValidation"), ({ validationLoss }) => validationLoss);
  const columns = columnMetricsIn(drawn.flatMap(({ history }) => history)).map((name) => {
    const { field = name, metric = "" } = columnMetricOf(name) ?? {};
    const key = COLUMN_METRICS[metric];
    const says = key === undefined ? metric : t(key);
    const title = single ? field : t("train.columnCurve", { column: field, metric: says });
    return { name, title, percent: metric === "accuracy", lines: of(says, ({ metrics }) => metrics[name]) };
  });
  return (
    <div class="curves">
      <Chart
        title={single ? t("train.loss") : `${t("train.loss")}, ${t("train.lossValidation")}`}
        lines={single ? [...of(t("train.lossTraining"), ({ loss }) => loss), ...validation] : validation}
      />
      <Chart
        title={single ? t("train.scores") : t("train.validated")}
        lines={single ? [...uar, ...of(t("train.accuracy"), ({ metrics }) => metrics["accuracy"])] : uar}
        percent={true}
      />
      {columns.map(({ name, ...chart }) => (
        <Chart key={name} {...chart} />
      ))}
      <Chart title={t("train.rate")} lines={of(t("train.rate"), ({ learningRate }) => learningRate)} />
    </div>
  );
}

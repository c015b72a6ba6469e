/** A prediction as a table with bars. */
import type { Modality } from "../../core/modality.ts";
import { MODALITIES } from "../../core/modality.ts";
import type { ModalityResult, Prediction, Segment } from "../../core/prediction.ts";
import type { Alert } from "../../scenario/alerts.ts";
import type { Style, Terminal } from "../terminal.ts";
import { bar } from "./bar.ts";

const COLOURS: Readonly<Record<string, Style>> = {
  anger: "red",
  disgust: "green",
  fear: "magenta",
  joy: "yellow",
  neutral: "gray",
  sadness: "blue",
  surprise: "cyan",
};
const NAME_WIDTH = 12;
/** More segments than this are not read but scrolled past; JSON has them all. */
const SEGMENTS_SHOWN = 24;

type Screen = Pick<Terminal, "paint" | "columns">;

const colour = (label: string): Style => COLOURS[label] ?? "white";
const percent = (share: number): string => `${(share * 100).toFixed(share >= 0.995 ? 0 : 1)} %`.padStart(7);

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

function clock(ms: number): string {
  const seconds = ms / 1000;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
}

function scoreLine(label: string, share: number, screen: Screen): string {
  const width = Math.max(10, Math.min(40, screen.columns - NAME_WIDTH - 14));
  return `  ${label.padEnd(NAME_WIDTH)} ${screen.paint(colour(label), bar(share, width))} ${percent(share)}`;
}

function modalityLine(modality: Modality, result: ModalityResult, screen: Screen): string {
  const name = `  ${modality.padEnd(NAME_WIDTH)}`;
  if (!result.present) return screen.paint("gray", `${name} absent: ${result.reason}`);
  const top = result.scores[0];
  const says = top === undefined ? "" : `${screen.paint(colour(top.label), top.label)}${percent(top.score)}`;
  return `${name} weight${percent(result.weight)}  quality${percent(result.quality)}  says ${says}`;
}

/** What a modality's model says of further columns, below its line; of a category the likeliest value. */
function columnLines(result: ModalityResult): string[] {
  if (!result.present || result.columns === undefined) return [];
  const { numbers = {}, categories = {} } = result.columns;
  const said = [
    ...Object.entries(numbers).map(([field, value]) => `${field} ${value.toFixed(2).replace("-", "−")}`),
    ...Object.entries(categories).flatMap(([field, [top]]) =>
      top === undefined ? [] : [`${field} ${top.label}${percent(top.score)}`],
    ),
  ];
  return said.map((line) => `  ${"".padEnd(NAME_WIDTH)} ${line}`);
}

function segmentLine(segment: Segment, screen: Screen): string {
  const time = `${clock(segment.startMs)} to ${clock(segment.endMs)}`.padEnd(18);
  const label = screen.paint(colour(segment.label), segment.label.padEnd(9));
  return `  ${time} ${segment.modality.padEnd(6)} ${label}${percent(segment.confidence)}`;
}

function alertLine({ title, advice, startMs, endMs, value, limit }: Alert, screen: Screen): string {
  const time = endMs > startMs ? `${clock(startMs)} to ${clock(endMs)}: ` : "";
  const evidence = `${value.toFixed(2)}, limit ${limit.toFixed(2)}`;
  return `  ${screen.paint("bold", "alert")} ${time}${title.en} (${evidence}). ${advice.en}`;
}

/** @param name what was looked at, shown above the table */
export function renderPrediction(
  prediction: Prediction & { readonly alerts?: readonly Alert[] },
  screen: Screen,
  name?: string,
): string {
  const lines: string[] = [];
  if (name !== undefined) lines.push(screen.paint("underline", name));
  if (prediction.label === null) {
    lines.push(screen.paint("bold", `no label: ${prediction.abstained ?? "not confident enough"}`));
  } else {
    const label = screen.paint(["bold", colour(prediction.label)] as Style, prediction.label);
    lines.push(`appears to express ${label}, confidence${percent(prediction.confidence)}`);
  }
  lines.push("", ...prediction.scores.map(({ label, score }) => scoreLine(label, score, screen)), "");
  const { valence, arousal } = prediction;
  if (valence !== undefined && arousal !== undefined) {
    lines.push(`  ${"affect".padEnd(NAME_WIDTH)} valence ${signed(valence)}  arousal ${signed(arousal)}`, "");
  }
  for (const modality of MODALITIES) {
    const result = prediction.modalities[modality];
    if (result !== undefined) lines.push(modalityLine(modality, result, screen), ...columnLines(result));
  }
  const faces = prediction.faces ?? [];
  if (faces.length > 1) {
    lines.push("", `  ${faces.length} faces, the leading one first`);
    for (const { box, scores, timeMs } of faces.slice(0, SEGMENTS_SHOWN)) {
      const top = scores[0];
      const place = `${Math.round(box.x)},${Math.round(box.y)} ${Math.round(box.width)}×${Math.round(box.height)}`;
      const at = timeMs === undefined ? "" : ` at ${clock(timeMs)}`;
      lines.push(
        `  ${place.padEnd(20)}${at} ${top === undefined ? "" : screen.paint(colour(top.label), top.label) + percent(top.score)}`,
      );
    }
  }
  const segments = prediction.segments ?? [];
  if (segments.length > 0) {
    lines.push("", ...segments.slice(0, SEGMENTS_SHOWN).map((segment) => segmentLine(segment, screen)));
    if (segments.length > SEGMENTS_SHOWN) lines.push(`  … ${segments.length - SEGMENTS_SHOWN} more with --json`);
  }
  const { alerts = [] } = prediction;
  if (alerts.length > 0) lines.push("", ...alerts.map((alert) => alertLine(alert, screen)));
  return lines.join("\n");
}

/** An explanation as a person reads it: signs are told by + and −, colours only repeat them. */
import type {
  Explained,
  Explanation,
  FaceExplanation,
  SpeechExplanation,
  TextExplanation,
} from "../../core/explanation.ts";
import { MODALITIES } from "../../core/modality.ts";
import type { Terminal } from "../terminal.ts";
import { bar } from "./bar.ts";
import { cellWidth } from "./table.ts";
import { visible } from "./visible.ts";

type Screen = Pick<Terminal, "paint" | "columns">;

/** Parts shown; JSON has them all. */
const MOST_PARTS = 40;
const MOST_SPANS = 120;
const BAR_WIDTH = 16;
/** Below this a part is not coloured. */
const NOTICEABLE = 0.01;

const signed = (points: number): string =>
  `${points < 0 ? "−" : "+"}${(100 * Math.abs(points)).toFixed(1)}`.padStart(6);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function clock(ms: number): string {
  return `${Math.floor(ms / 60_000)}:${((ms % 60_000) / 1000).toFixed(2).padStart(5, "0")}`;
}

function tinted(points: number, text: string, screen: Screen): string {
  if (Math.abs(points) < NOTICEABLE) return text;
  return screen.paint(points > 0 ? ["yellow", "underline"] : ["blue", "italic"], text);
}

function line(name: string, width: number, points: number, strongest: number, screen: Screen): string {
  const shape = bar(Math.abs(points) / Math.max(strongest, NOTICEABLE), BAR_WIDTH).trimEnd();
  const space = " ".repeat(Math.max(0, width - cellWidth(name)));
  return `  ${tinted(points, name, screen)}${space}  ${signed(points)}  ${screen.paint(points < 0 ? "blue" : "yellow", shape)}`.trimEnd();
}

function table(rows: readonly { readonly name: string; readonly points: number }[], screen: Screen): string[] {
  const width = Math.min(40, Math.max(0, ...rows.map(({ name }) => cellWidth(name))));
  const strongest = Math.max(0, ...rows.map(({ points }) => Math.abs(points)));
  return rows.map(({ name, points }) => line(name, width, points, strongest, screen));
}

function head(what: string, { method, score, base, calls }: Explained): string {
  const how = {
    shapley: "exact Shapley values",
    "shapley-sampled": "sampled Shapley values",
    occlusion: "left out one at a time",
  };
  const from = method === "occlusion" ? "" : `, from ${percent(base)} with nothing there`;
  return `${what}: ${percent(score)}${from} (${how[method]}, ${calls} variants)`;
}

function short(text: string): string {
  const shown = visible(text.replace(/\s+/gu, " "));
  return shown.length > 36 ? `${shown.slice(0, 35)}…` : shown;
}

function textLines(text: TextExplanation, screen: Screen): string[] {
  const { parts } = text;
  const written: string[] = [];
  let end = parts[0]?.start ?? 0;
  for (const part of parts.slice(0, MOST_PARTS * 3)) {
    written.push(
      `${part.start > end ? " " : ""}${tinted(part.points, visible(part.text.replace(/\s+/gu, " ")), screen)}`,
    );
    end = part.end;
  }
  const strongest = [...parts].sort((a, b) => Math.abs(b.points) - Math.abs(a.points)).slice(0, MOST_PARTS);
  const shown = parts.filter((part) => strongest.includes(part));
  const more = parts.length - shown.length;
  return [
    head("words", text),
    "",
    `  ${written.join("")}`,
    "",
    ...table(
      shown.map((part) => ({ name: short(part.text), points: part.points })),
      screen,
    ),
    ...(more > 0 ? [`  … ${more} weaker ones with --json`] : []),
  ];
}

/** Two characters a cell; blocks speak for the label, strokes against it. */
function faceLines(face: FaceExplanation, screen: Screen): string[] {
  const strongest = Math.max(0.05, ...face.points.map(Math.abs));
  const cell = (points: number): string => {
    const level = Math.min(3, Math.floor((4 * Math.abs(points)) / strongest));
    const shape = (points > 0 ? [" ", "░", "▒", "▓"] : [" ", "-", "=", "≡"])[level] ?? " ";
    return level === 0 ? "  " : screen.paint(points > 0 ? "yellow" : "blue", shape.repeat(2));
  };
  const rows = Array.from({ length: face.cells }, (_, row) =>
    face.points
      .slice(row * face.cells, (row + 1) * face.cells)
      .map(cell)
      .join(""),
  );
  return [head("face", face), "", ...rows.map((row) => `  │${row}│`), "", "  ░▒▓ speaks for it, -=≡ against it"];
}

function speechLines(speech: SpeechExplanation, screen: Screen): string[] {
  const shown = speech.spans.slice(0, MOST_SPANS);
  const more = speech.spans.length - shown.length;
  const rows = shown.map(({ startMs, endMs, points }) => ({ name: `${clock(startMs)} to ${clock(endMs)}`, points }));
  return [head("voice", speech), "", ...table(rows, screen), ...(more > 0 ? [`  … ${more} more with --json`] : [])];
}

export function renderExplanation(explanation: Explanation, screen: Screen): string {
  const { label, prediction, modalities, text, face, speech, silent = [] } = explanation;
  const score = prediction.scores.find((one) => one.label === label)?.score ?? 0;
  const own = prediction.label === null ? "named no label" : `appears to express ${prediction.label}`;
  const blocks: string[][] = [
    [
      `${screen.paint("bold", label)} ${percent(score)}; the answer ${own}`,
      "Points are percentage points: + speaks for it, − against it.",
    ],
  ];
  if (modalities !== undefined) {
    const rows = MODALITIES.flatMap((modality) => {
      const points = modalities.points[modality];
      return points === undefined ? [] : [{ name: modality, points }];
    });
    blocks.push([head("together", modalities), "", ...table(rows, screen)]);
  }
  if (text !== undefined) blocks.push(textLines(text, screen));
  if (face !== undefined) blocks.push(faceLines(face, screen));
  if (speech !== undefined) blocks.push(speechLines(speech, screen));
  if (silent.length > 0) blocks.push([`Not explained, since its model does not know ${label}: ${silent.join(", ")}.`]);
  return blocks.map((lines) => lines.join("\n")).join("\n\n");
}

/** What fewer passes of the face model cost, as a page. */
import type { Interval } from "../../../src/metrics/bootstrap.ts";
import { markdownTable, percent, short } from "../markdown.ts";

export interface PassesRow {
  readonly title: string;
  /** Means over the ways to look; the worst and the best of them. */
  readonly accuracy: number;
  readonly worst: number;
  readonly best: number;
  readonly uar: number;
  /** Share of rows with the answer of all passes. */
  readonly agrees: number;
  /** Of the accuracy to that of all passes. */
  readonly difference: number;
  readonly interval: Interval | null;
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${short(Math.abs(value))}`;

function cells({ title, accuracy, worst, best, uar, agrees, difference, interval }: PassesRow): string[] {
  const spread = best - worst > 0.0005 ? ` (${short(worst)} to ${short(best)})` : "";
  const between = interval === null ? "" : ` (${signed(interval.low)} to ${signed(interval.high)})`;
  const isItself = agrees === 1 && difference === 0;
  return [
    title,
    `${short(accuracy)}${spread}`,
    short(uar),
    isItself ? "–" : `${signed(difference)}${between}`,
    isItself ? "–" : percent(agrees),
  ];
}

export function passesPage(rows: number, found: readonly PassesRow[]): string {
  return [
    "# Fewer passes of the face model",
    "",
    "Written by `npm run bench -- passes --root DATA --write`. A still face is looked at in several cuts of its picture and their mirror",
    "images; a live stream looks at each frame in one or two of them, which go round, and smooths. On the",
    `${rows} validation rows of FER2013 (PublicTest, without pictures that also stand in training):`,
    "",
    markdownTable(
      ["How a face is looked at", "Accuracy (worst to best)", "UAR", "Against all passes (95 %)", "Same answer"],
      found.map(cells),
    ),
    "",
    "- One or two passes: the mean over every pass, or pair of passes in their order. The stream is the one that serves, with its own",
    "  tracks and smoothing; before it the same crop stands still, so that its frames bring nothing but the other passes. People move,",
    "  which makes the frames of a real stream differ more, and the crops come from its detector, which these did not.",
    "- The cuts were chosen on these rows, which flatters all passes together; one pass alone was not chosen.",
    "",
  ].join("\n");
}

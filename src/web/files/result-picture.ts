/** Results as a picture to show around: one file with its scores, or many with how often each answer was given. */
import type { Prediction } from "../../core/prediction.ts";
import { answers, type Item } from "../state/files.ts";
import { percent } from "../state/percent.ts";
import { SaidError } from "../state/said-error.ts";
import { drawHeat } from "./heat.tsx";
import { stillOfPicture, stillsOfFilm } from "./stills.ts";

const WIDTH = 1_200;
const EDGE = 56;
const ROW = 46;

/** The words of the picture in the person's language. */
export interface Words {
  readonly title: string;
  readonly says: string;
  /** Below everything: what this is not. */
  readonly limits: string;
  label(label: string | null): string;
}

interface Bar {
  readonly label: string | null;
  readonly share: number;
  readonly says: string;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

async function imageOf(
  { content, kind, why }: Item,
  { faces = [] }: Prediction,
): Promise<HTMLCanvasElement | undefined> {
  if (typeof content === "string" || kind === "audio") return undefined;
  const canvas = document.createElement("canvas");
  if (why?.state === "done" && why.explanation.face !== undefined) {
    await drawHeat(canvas, content, why.explanation.face);
    return canvas;
  }
  const [leading] = faces;
  const stills = kind === "image" ? [await stillOfPicture(content)] : stillsOfFilm(content, [leading?.timeMs ?? 0]);
  for await (const { bitmap, scale } of stills) {
    try {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      const context = canvas.getContext("2d");
      if (context === null) return undefined;
      context.drawImage(bitmap, 0, 0);
      context.strokeStyle = "#fff";
      context.lineWidth = Math.max(2, bitmap.width / 200);
      for (const { box } of kind === "image" ? faces : faces.slice(0, 1)) {
        context.strokeRect(box.x * scale, box.y * scale, box.width * scale, box.height * scale);
      }
      return canvas;
    } finally {
      bitmap.close();
    }
  }
  return undefined;
}

function barsOf(items: readonly Item[]): Bar[] {
  const [only] = items;
  if (only?.progress.state === "done" && items.length === 1) {
    return only.progress.prediction.scores.map(({ label, score }) => ({ label, share: score, says: percent(score) }));
  }
  const counts = answers(items);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return counts.map(([label, count]) => ({ label, share: count / all, says: `${count} · ${percent(count / all)}` }));
}

/** @param items one that is done, or several @returns a PNG */
export async function resultPicture(items: readonly Item[], words: Words): Promise<Blob> {
  const [only] = items;
  const image =
    items.length === 1 && only?.progress.state === "done"
      ? await imageOf(only, only.progress.prediction).catch(() => undefined)
      : undefined;
  const bars = barsOf(items);
  const imageWidth = image === undefined ? 0 : 420;
  const imageHeight = image === undefined ? 0 : (imageWidth * image.height) / image.width;
  const left = EDGE + (image === undefined ? 0 : imageWidth + EDGE);
  const height = 200 + Math.max(bars.length * ROW, imageHeight) + 80;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = Math.round(height);
  const context = canvas.getContext("2d");
  if (context === null) throw new SaidError("files.noPicture", "files.noPictureHint");
  const write = (text: string, x: number, y: number, font: string, ink = "ink", width = WIDTH - x - EDGE): void => {
    context.font = `${font} Figtree, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif`;
    context.fillStyle = colour(ink);
    let shown = text;
    while (shown.length > 1 && context.measureText(shown).width > width) shown = `${shown.slice(0, -2)}…`;
    context.fillText(shown, x, y);
  };
  context.fillStyle = colour("card");
  context.fillRect(0, 0, WIDTH, height);
  write(words.title, EDGE, 84, "600 34px");
  write(words.says, EDGE, 138, "400 28px", "ink-soft");
  if (image !== undefined) context.drawImage(image, EDGE, 180, imageWidth, imageHeight);
  for (const [index, { label, share, says }] of bars.entries()) {
    const y = 180 + index * ROW;
    write(words.label(label), left, y + 26, "500 24px", "ink", 180);
    const from = left + 190;
    const full = WIDTH - EDGE - 170 - from;
    context.fillStyle = colour("sunken");
    context.fillRect(from, y + 8, full, 20);
    context.fillStyle = colour(label ?? "neutral") || colour("neutral");
    context.fillRect(from, y + 8, full * share, 20);
    write(says, WIDTH - EDGE - 155, y + 26, "400 22px", "ink-soft", 155);
  }
  write(words.limits, EDGE, height - 36, "400 18px", "ink-soft");
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob === null ? reject(new SaidError("files.noPicture", "files.noPictureHint")) : resolve(blob)),
      "image/png",
    ),
  );
}

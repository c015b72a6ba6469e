/** The face that was explained, with the heat of its parts over it. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { FaceExplanation } from "../../core/explanation.ts";
import { paintHeat } from "../../explain/heat.ts";
import { Problem } from "../parts/problem.tsx";
import { useTranslate } from "../state/app.ts";
import { SaidError } from "../state/said-error.ts";
import { type Still, stillOfPicture, stillsOfFilm } from "./stills.ts";

async function stillOf(file: Blob, { timeMs }: FaceExplanation) {
  if (timeMs === undefined) return stillOfPicture(file);
  for await (const still of stillsOfFilm(file, [timeMs])) return still;
  return undefined;
}

/**
 * Draws the part of the picture about the face, at most a few hundred pixels wide.
 *
 * @throws SaidError if there is nothing to draw, or what the browser says against the file
 */
export async function drawHeat(canvas: HTMLCanvasElement, file: Blob, why: FaceExplanation): Promise<void> {
  const still = await stillOf(file, why);
  if (still === undefined) throw new SaidError("why.noHeat", "why.noHeatHint");
  try {
    paint(canvas, still, why);
  } finally {
    still.bitmap.close();
  }
}

function paint(canvas: HTMLCanvasElement, { bitmap, scale }: Still, why: FaceExplanation): void {
  const corners = why.corners.map(({ x, y }) => ({ x: x * scale, y: y * scale }));
  const across = corners.map(({ x }) => x);
  const down = corners.map(({ y }) => y);
  const left = Math.max(0, Math.floor(Math.min(...across)));
  const top = Math.max(0, Math.floor(Math.min(...down)));
  const width = Math.min(bitmap.width, Math.ceil(Math.max(...across))) - left;
  const height = Math.min(bitmap.height, Math.ceil(Math.max(...down))) - top;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (width < 1 || height < 1 || context === null) throw new SaidError("why.noHeat", "why.noHeatHint");
  const enlarge = Math.min(4, 360 / Math.max(width, height));
  canvas.width = Math.round(width * enlarge);
  canvas.height = Math.round(height * enlarge);
  context.drawImage(bitmap, left, top, width, height, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const moved = corners.map(({ x, y }) => ({ x: (x - left) * enlarge, y: (y - top) * enlarge }));
  const painted = paintHeat(
    { data: new Uint8Array(data.buffer), width: canvas.width, height: canvas.height, channels: 4 },
    { ...why, corners: moved as unknown as FaceExplanation["corners"] },
  );
  const out = context.createImageData(canvas.width, canvas.height);
  for (let at = 0; at < canvas.width * canvas.height; at++) {
    out.data.set(painted.data.subarray(at * 3, at * 3 + 3), at * 4);
    out.data[at * 4 + 3] = 255;
  }
  context.putImageData(out, 0, 0);
}

export function Heat({ file, why }: { readonly file: Blob; readonly why: FaceExplanation }) {
  const t = useTranslate();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let gone = false;
    setError(undefined);
    if (canvas.current !== null) drawHeat(canvas.current, file, why).catch((cause) => gone || setError(cause));
    return () => {
      gone = true;
    };
  }, [file, why]);
  return (
    <figure class="heat">
      <canvas ref={canvas} hidden={error !== undefined} role="img" aria-label={t("why.heat")} />
      {error === undefined ? null : <Problem error={error} />}
    </figure>
  );
}

/**
 * Where a medium is: a path and, after `#`, a part of it.
 *
 * - `faces.png#xywh=0,336,48,48`: x, y, width, height in pixels. Corpora of thousands of small pictures are kept as
 *   strips; whoever loads a picture decodes the strip once (and may keep it) and cuts out the box.
 * - `film.mp4#t=1.5,4`: from 1.5 s to 4 s; either end may be missing (`#t=,4`, `#t=1.5`).
 * - `audio.npy#row=7`: a row of a feature matrix; `audio.npy#row=7&steps=5`: of a sequence, its first 5 steps, and
 *   padding after them.
 *
 * Source: W3C Media Fragments URI 1.0, spatial (pixel) and temporal (npt) dimensions; `row` and `steps` are ours.
 */
import { AffektError } from "../core/errors.ts";
import type { Box } from "../core/prediction.ts";

export interface Locator {
  readonly path: string;
  /** In pixels. */
  readonly box?: Box;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly row?: number;
  /** Of a sequence; those after them are padding. */
  readonly steps?: number;
}

const FRAGMENT = /#((?:xywh|t|row)=[^#]*)$/u;

function broken(locator: string): AffektError {
  return new AffektError(
    "manifest",
    `The locator ${JSON.stringify(locator)} has a fragment that cannot be read.`,
    "Write path#xywh=x,y,w,h (pixels), path#t=start,end (seconds) path#row=n or path#row=n&steps=m.",
  );
}

/** @throws AffektError `manifest` if the fragment is broken. A `#` that starts no known fragment belongs to the path. */
export function parseLocator(locator: string): Locator {
  const match = FRAGMENT.exec(locator);
  if (match?.[1] === undefined) return { path: locator };
  const path = locator.slice(0, match.index);
  const found: { path: string; box?: Box; startMs?: number; endMs?: number; row?: number; steps?: number } = { path };
  for (const part of match[1].split("&")) {
    const [, key, value] = /^(\w+)=(.*)$/u.exec(part) ?? [];
    if (key === "xywh") {
      const numbers = /^(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/u.exec(value ?? "");
      if (numbers === null) throw broken(locator);
      const [x, y, width, height] = numbers.slice(1).map(Number) as [number, number, number, number];
      if (width === 0 || height === 0) throw broken(locator);
      found.box = { x, y, width, height };
    } else if (key === "t") {
      const times = /^(?:npt:)?(\d+(?:\.\d+)?)?(?:,(\d+(?:\.\d+)?))?$/u.exec(value ?? "");
      if (times === null || (times[1] === undefined && times[2] === undefined)) throw broken(locator);
      if (times[1] !== undefined) found.startMs = Number(times[1]) * 1000;
      if (times[2] !== undefined) found.endMs = Number(times[2]) * 1000;
    } else if (key === "row" || key === "steps") {
      if (!/^\d+$/u.test(value ?? "")) throw broken(locator);
      found[key] = Number(value);
    } else throw broken(locator);
  }
  return found;
}

/** A picture inside a strip or a sheet. */
export function pictureLocator(path: string, box: Box): string {
  return `${path}#xywh=${box.x},${box.y},${box.width},${box.height}`;
}

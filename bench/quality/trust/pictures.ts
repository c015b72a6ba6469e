/** Pictures that are no photograph of a face: drawn faces, gradients, noise and patterns. Grey squares, seeded. */
import type { Picture } from "../../../src/core/media.ts";
import { type Random, random } from "../../../src/core/random.ts";

const SIDE = 160;

type Shade = (x: number, y: number) => number;

/** @param shade in [0, 255] at a place in [0, 1] × [0, 1] */
function drawn(shade: Shade): Picture {
  const data = new Uint8Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      data[y * SIDE + x] = Math.max(0, Math.min(255, Math.round(shade((x + 0.5) / SIDE, (y + 0.5) / SIDE))));
    }
  }
  return { data, width: SIDE, height: SIDE, channels: 1 };
}

const inEllipse = (x: number, y: number, cx: number, cy: number, rx: number, ry: number): boolean =>
  ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;

/** A face as a child draws it: a disc, two eyes, brows and a mouth, each a little different. */
function cartoon(generator: Random): Picture {
  const background = generator.uniform(120, 255);
  const skin = generator.uniform(140, 250);
  const eye = generator.uniform(0.03, 0.08);
  const gap = generator.uniform(0.13, 0.2);
  const smile = generator.uniform(-0.5, 0.5);
  const brow = generator.uniform(-0.6, 0.6);
  const mouthWidth = generator.uniform(0.1, 0.22);
  return drawn((x, y) => {
    const side = Math.abs(x - 0.5);
    for (const left of [0.5 - gap, 0.5 + gap]) if (inEllipse(x, y, left, 0.42, eye, eye * 1.3)) return 20;
    if (Math.abs(side - gap) < 0.08 && Math.abs(y - 0.29 - brow * (side - gap)) < 0.012) return 30;
    if (side < mouthWidth && Math.abs(y - 0.7 + smile * (side ** 2 / mouthWidth - mouthWidth / 2)) < 0.014) return 25;
    if (inEllipse(x, y, 0.5, 0.5, 0.42, 0.45)) return inEllipse(x, y, 0.5, 0.5, 0.405, 0.435) ? skin : 30;
    return background;
  });
}

function gradient(generator: Random): Picture {
  const [angle, from, to] = [generator.uniform(0, 2 * Math.PI), generator.uniform(0, 255), generator.uniform(0, 255)];
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  return drawn((x, y) => from + (to - from) * (0.5 + (x - 0.5) * dx + (y - 0.5) * dy));
}

function noise(generator: Random): Picture {
  const deviation = generator.uniform(20, 90);
  return drawn(() => 127 + deviation * generator.normal());
}

function pattern(generator: Random): Picture {
  const [across, down] = [2 + generator.integer(12), 2 + generator.integer(12)];
  const isStriped = generator.next() < 0.5;
  return drawn((x, y) => ((Math.floor(x * across) + (isStriped ? 0 : Math.floor(y * down))) % 2 === 0 ? 40 : 215));
}

const KINDS = { "drawn faces": cartoon, gradients: gradient, noise, patterns: pattern } as const;

export type PictureKind = keyof typeof KINDS;

export const PICTURE_KINDS = Object.keys(KINDS) as readonly PictureKind[];

export function drawnPictures(kind: PictureKind, count: number): Picture[] {
  const generator = random(11);
  return Array.from({ length: count }, () => KINDS[kind](generator));
}

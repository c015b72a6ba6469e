/**
 * A heat map laid over its picture. What speaks for the label is orange and even, what speaks against it blue and striped,
 * so that the sign does not hang on colour alone; the rest of the picture turns grey.
 */
import type { FaceExplanation } from "../core/explanation.ts";
import type { Picture } from "../core/media.ts";

const FOR = [240, 120, 20] as const;
const AGAINST = [40, 100, 220] as const;
/** Opacity of the strongest cell. */
const MOST = 0.75;
/** Width of a stripe, as a share of the map's side. */
const STRIPE = 1 / 40;

/** Between the middles of the cells, linear in both directions. @param across, down in [0, 1] */
function heatAt({ cells, points }: FaceExplanation, across: number, down: number): number {
  const place = (share: number): number => Math.min(cells - 1, Math.max(0, share * cells - 0.5));
  const [x, y] = [place(across), place(down)];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [Math.min(cells - 1, left + 1), Math.min(cells - 1, top + 1)];
  const value = (row: number, column: number): number => points[row * cells + column] as number;
  const upper = value(top, left) + (value(top, right) - value(top, left)) * (x - left);
  const lower = value(bottom, left) + (value(bottom, right) - value(bottom, left)) * (x - left);
  return upper + (lower - upper) * (y - top);
}

/**
 * @param picture in which the face was explained
 * @param least points that are drawn at full strength if nothing is stronger, so that noise does not glow. Default 0.05
 * @returns RGB, as large as the picture
 */
export function paintHeat(picture: Picture, face: FaceExplanation, least = 0.05): Picture {
  const { data, width, height, channels } = picture;
  const strongest = face.points.reduce((most, one) => Math.max(most, Math.abs(one)), least);
  const [origin, right, , down] = face.corners;
  const [ux, uy, vx, vy] = [right.x - origin.x, right.y - origin.y, down.x - origin.x, down.y - origin.y];
  const area = ux * vy - uy * vx;
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const colour = [0, 1, 2].map((channel) => data[at * channels + (channels === 1 ? 0 : channel)] as number);
      const grey = 0.299 * (colour[0] as number) + 0.587 * (colour[1] as number) + 0.114 * (colour[2] as number);
      const [px, py] = [x + 0.5 - origin.x, y + 0.5 - origin.y];
      const [across, along] = [(px * vy - py * vx) / area, (py * ux - px * uy) / area];
      const inside = across >= 0 && across < 1 && along >= 0 && along < 1;
      const heat = inside ? heatAt(face, across, along) : 0;
      const striped = heat < 0 && Math.floor((across + along) / STRIPE) % 2 === 1;
      const share = striped ? 0 : (MOST * Math.abs(heat)) / strongest;
      for (let channel = 0; channel < 3; channel++) {
        const tint = (heat > 0 ? FOR : AGAINST)[channel] as number;
        out[at * 3 + channel] = Math.round(grey + (tint - grey) * share);
      }
    }
  }
  return { data: out, width, height, channels: 3 };
}

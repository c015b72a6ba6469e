/** What a network sees of a picture: a region of it, sampled to the network's size, as planes. */
import type { Picture } from "../../core/media.ts";
import type { Box } from "../../core/prediction.ts";

/** Source positions along one axis, per output position: two neighbours and the second one's share, or -1 outside. */
interface Pairs {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float32Array;
}

/** The same for shrinking: `taps` whole source positions per output position, or -1 outside. */
interface Taps {
  readonly taps: number;
  readonly at: Int32Array;
}

/** Look-ups per output pixel and axis that still cover a much larger source well. */
const MOST_TAPS = 4;

/** @param stride bytes from one source position to the next */
function pairs(start: number, length: number, size: number, outSize: number, stride: number): Pairs {
  const first = new Int32Array(outSize);
  const second = new Int32Array(outSize);
  const share = new Float32Array(outSize);
  for (let i = 0; i < outSize; i++) {
    const position = start + ((i + 0.5) * length) / outSize - 0.5;
    const low = Math.floor(position);
    const outside = position < -0.5 || position > size - 0.5;
    first[i] = outside ? -1 : Math.max(0, low) * stride;
    second[i] = Math.min(size - 1, low + 1) * stride;
    share[i] = position - low;
  }
  return { first, second, share };
}

function spread(start: number, length: number, size: number, outSize: number, stride: number): Taps {
  const taps = Math.min(MOST_TAPS, Math.max(1, Math.ceil(length / outSize)));
  const at = new Int32Array(outSize * taps);
  for (let i = 0; i < at.length; i++) {
    const position = Math.floor(start + ((i + 0.5) * length) / at.length);
    at[i] = position < 0 || position >= size ? -1 : position * stride;
  }
  return { taps, at };
}

/**
 * Samples a region of a picture: bilinear, or the mean of several source pixels where it shrinks to half or less.
 *
 * @param region in pixels; it may reach beyond the picture, where black is seen
 * @param scale of the levels 0 to 255; with `offset`, e.g. `1 / 127.5` and `-1` for [-1, 1]
 * @param average take the mean of the source pixels that an output pixel covers, instead of interpolating between four
 * @returns `[3, height, width]`; grey pictures are seen in three equal planes, alpha is left out
 */
export function view(
  picture: Picture,
  region: Box,
  width: number,
  height: number,
  scale = 1 / 255,
  offset = 0,
  average: boolean = region.width >= 2 * width || region.height >= 2 * height,
): Float32Array {
  const out = new Float32Array(width * height * 3);
  (average ? averaged : interpolated)(picture, region, width, height, scale, offset, out);
  return out;
}

function interpolated(
  { data, channels, width: sourceWidth, height: sourceHeight }: Picture,
  region: Box,
  width: number,
  height: number,
  scale: number,
  offset: number,
  out: Float32Array,
): void {
  const across = pairs(region.x, region.width, sourceWidth, width, channels);
  const along = pairs(region.y, region.height, sourceHeight, height, sourceWidth * channels);
  const area = width * height;
  const [green, blue] = channels > 1 ? [1, 2] : [0, 0];
  out.fill(offset);
  for (let y = 0; y < height; y++) {
    const upper = along.first[y]!;
    if (upper < 0) continue;
    const lower = along.second[y]!;
    const down = along.share[y]!;
    for (let x = 0; x < width; x++) {
      const near = across.first[x]!;
      if (near < 0) continue;
      const far = across.second[x]!;
      const aside = across.share[x]!;
      const d = down * aside;
      const c = down - d;
      const b = aside - d;
      const a = 1 - aside - c;
      const p = upper + near;
      const q = upper + far;
      const s = lower + near;
      const t = lower + far;
      const at = y * width + x;
      out[at] = (data[p]! * a + data[q]! * b + data[s]! * c + data[t]! * d) * scale + offset;
      out[area + at] =
        (data[p + green]! * a + data[q + green]! * b + data[s + green]! * c + data[t + green]! * d) * scale + offset;
      out[2 * area + at] =
        (data[p + blue]! * a + data[q + blue]! * b + data[s + blue]! * c + data[t + blue]! * d) * scale + offset;
    }
  }
}

function averaged(
  { data, channels, width: sourceWidth, height: sourceHeight }: Picture,
  region: Box,
  width: number,
  height: number,
  scale: number,
  offset: number,
  out: Float32Array,
): void {
  const across = spread(region.x, region.width, sourceWidth, width, channels);
  const along = spread(region.y, region.height, sourceHeight, height, sourceWidth * channels);
  const area = width * height;
  const [green, blue] = channels > 1 ? [1, 2] : [0, 0];
  const gain = scale / (across.taps * along.taps);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let v = y * along.taps; v < (y + 1) * along.taps; v++) {
        const row = along.at[v]!;
        if (row < 0) continue;
        for (let u = x * across.taps; u < (x + 1) * across.taps; u++) {
          const column = across.at[u]!;
          if (column < 0) continue;
          const from = row + column;
          r += data[from]!;
          g += data[from + green]!;
          b += data[from + blue]!;
        }
      }
      const at = y * width + x;
      out[at] = r * gain + offset;
      out[area + at] = g * gain + offset;
      out[2 * area + at] = b * gain + offset;
    }
  }
}

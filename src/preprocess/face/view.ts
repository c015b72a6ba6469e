/** What a network sees of a picture: a region of it, sampled to the network's size, as planes. */
import type { Picture } from "../../core/media.ts";
import type { Box } from "../../core/prediction.ts";

/** Source positions of one axis: `taps` per output position, each a pair of neighbours and a weight, or -1 outside. */
interface Axis {
  readonly taps: number;
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly share: Float32Array;
}

/** Look-ups per output pixel and axis that still cover the source well when it is much larger. */
const MOST_TAPS = 4;

function axis(start: number, length: number, size: number, outSize: number): Axis {
  const step = length / outSize;
  const taps = Math.min(MOST_TAPS, Math.max(1, Math.ceil(step / 2)));
  const first = new Int32Array(outSize * taps);
  const second = new Int32Array(outSize * taps);
  const share = new Float32Array(outSize * taps);
  for (let i = 0; i < outSize * taps; i++) {
    const position = start + ((i + 0.5) * step) / taps - 0.5;
    if (position < -0.5 || position > size - 0.5) {
      first[i] = -1;
      continue;
    }
    const low = Math.floor(position);
    first[i] = Math.max(0, low);
    second[i] = Math.min(size - 1, low + 1);
    share[i] = position - low;
  }
  return { taps, first, second, share };
}

/**
 * Samples a region of a picture: bilinear, averaged over more look-ups where it shrinks.
 *
 * @param region in pixels; it may reach beyond the picture, where black is seen
 * @param scale of the levels 0 to 255; with `offset`, e.g. `1 / 127.5` and `-1` for [-1, 1]
 * @returns `[3, height, width]`; grey pictures are seen in three equal planes, alpha is left out
 */
export function view(
  picture: Picture,
  region: Box,
  width: number,
  height: number,
  scale = 1 / 255,
  offset = 0,
): Float32Array {
  const { data, channels } = picture;
  const across = axis(region.x, region.width, picture.width, width);
  const along = axis(region.y, region.height, picture.height, height);
  const area = width * height;
  const row = picture.width * channels;
  const green = channels > 1 ? 1 : 0;
  const blue = channels > 1 ? 2 : 0;
  const out = new Float32Array(area * 3);
  const gain = scale / (across.taps * along.taps);
  // A source pixel's bytes are `pixel · channels` in; doing this once per column keeps the inner loop short.
  const left = across.first.map((pixel) => (pixel < 0 ? -1 : pixel * channels));
  const right = across.second.map((pixel) => pixel * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      for (let v = y * along.taps; v < (y + 1) * along.taps; v++) {
        const top = along.first[v]!;
        if (top < 0) continue;
        const upper = top * row;
        const lower = along.second[v]! * row;
        const down = along.share[v]!;
        for (let u = x * across.taps; u < (x + 1) * across.taps; u++) {
          const near = left[u]!;
          if (near < 0) continue;
          const far = right[u]!;
          const aside = across.share[u]!;
          const d = down * aside;
          const c = down - d;
          const e = aside - d;
          const a = 1 - aside - c;
          const p = upper + near;
          const q = upper + far;
          const s = lower + near;
          const t = lower + far;
          r += data[p]! * a + data[q]! * e + data[s]! * c + data[t]! * d;
          g += data[p + green]! * a + data[q + green]! * e + data[s + green]! * c + data[t + green]! * d;
          b += data[p + blue]! * a + data[q + blue]! * e + data[s + blue]! * c + data[t + blue]! * d;
        }
      }
      const at = y * width + x;
      out[at] = r * gain + offset;
      out[area + at] = g * gain + offset;
      out[2 * area + at] = b * gain + offset;
    }
  }
  return out;
}

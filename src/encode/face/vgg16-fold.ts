/** Batch norms folded into the convolutions before them, for a VGG16 without: it then answers as the one with them. */

/** That of torchvision, of ONNX, and of our own layers. */
export const NORM_EPSILON = 1e-5;

/** @param weights under our names; norms are taken out, and what has none stays as it is */
export function foldNorms(weights: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  const out = new Map(weights);
  for (const name of weights.keys()) {
    const [, place] = /^norm(\d_\d)\.variance$/u.exec(name) ?? [];
    if (place === undefined) continue;
    const part = (own: string): Float32Array | undefined => weights.get(`norm${place}.${own}`);
    const [gain, bias, mean, variance] = [part("gain"), part("bias"), part("mean"), part("variance")];
    const kernels = weights.get(`conv${place}.weight`);
    if (!gain || !bias || !mean || !variance || !kernels) continue;
    const before = weights.get(`conv${place}.bias`) ?? new Float32Array(gain.length);
    const factors = gain.map((value, filter) => value / Math.sqrt((variance[filter] as number) + NORM_EPSILON));
    const size = kernels.length / factors.length;
    out.set(
      `conv${place}.weight`,
      kernels.map((value, at) => value * (factors[Math.floor(at / size)] as number)),
    );
    out.set(
      `conv${place}.bias`,
      before.map((value, at) => (value - (mean[at] as number)) * (factors[at] as number) + (bias[at] as number)),
    );
    for (const own of ["gain", "bias", "mean", "variance"]) out.delete(`norm${place}.${own}`);
  }
  return out;
}

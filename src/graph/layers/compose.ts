/** Layers made of layers: chains, residual connections, squeeze-and-excitation. */
import type { Layer } from "../graph.ts";
import { relu, sigmoid } from "../ops/activation.ts";
import { add, mean, mul } from "../ops/arithmetic.ts";
import { reshape } from "../ops/reshape.ts";
import { checkRank, formatShape, sameShape, shapeError } from "../shape.ts";
import { linear } from "./dense.ts";

/** One layer after the other. */
export function sequential(...layers: readonly Layer[]): Layer {
  return (x) => layers.reduce((value, layer) => layer(value), x);
}

/** inner(x) + shortcut(x) (He et al. 2016); the shortcut is x itself unless a layer is given. */
export function residual(inner: Layer, shortcut: Layer = (x) => x): Layer {
  return (x) => {
    const [a, b] = [inner(x), shortcut(x)];
    if (!sameShape(a.shape, b.shape)) {
      throw shapeError("residual", formatShape(b.shape), `${formatShape(a.shape)} (give a shortcut layer that fits)`);
    }
    return add(a, b);
  };
}

/** Scales each channel by a gate computed from all channels' means (Hu et al. 2018). `[N, C, H, W]`. */
export function squeezeExcitation(name: string, reduction = 8): Layer {
  return (x) => {
    checkRank(`squeeze-excitation ${name}`, x.shape, 4, "[batch, channels, height, width]");
    const [batch = 0, channels = 0] = x.shape;
    const squeeze = linear(`${name}.squeeze`, Math.max(4, Math.round(channels / reduction)));
    const excite = linear(`${name}.excite`, channels);
    const gate = sigmoid(excite(relu(squeeze(mean(x, [2, 3])))));
    return mul(x, reshape(gate, [batch, channels, 1, 1]));
  };
}

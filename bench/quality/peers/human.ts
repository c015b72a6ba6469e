/**
 * The emotion network of @vladmandic/human on our arrays: its weights converted by our converter, its preprocessing
 * written anew (bilinear to 64 × 64 as TensorFlow.js does it by default, grey levels in [-1, 1]).
 *
 * Source: src/face and src/gear/emotion.ts of @vladmandic/human; the network is mini-XCEPTION, Arriaga et al. (2017),
 * arXiv 1710.07557, trained on FER2013 by its authors.
 */
import type { Picture } from "../../../src/core/media.ts";
import { convertGraphModel } from "../../../src/graph/convert/convert.ts";
import { parseGraphModel } from "../../../src/graph/convert/graph-model.ts";
import { readWeights } from "../../../src/graph/convert/weights.ts";
import type { PeerNetwork } from "./peer.ts";
import { resizeBilinear } from "./resize-bilinear.ts";

const SIDE = 64;

/** `resizeBilinear(image, [64, 64], false)` of TensorFlow.js, then `(grey − 0.5) · 2`. */
export function humanInput(face: Picture): Float32Array {
  // A grey picture as red, green and blue adds up to 0.9999 of itself, by Human's weights.
  return resizeBilinear(face, SIDE, (level) => ((0.9999 * level) / 255 - 0.5) * 2);
}

export const human: PeerNetwork = {
  package: "@vladmandic/human",
  files: ["models/emotion.json", "models/emotion.bin"],
  labels: ["anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral"],
  channels: 1,
  side: SIDE,
  input: humanInput,
  network(description, weights) {
    const model = parseGraphModel(description);
    return convertGraphModel(model, readWeights(model, weights), {
      inputShape: [-1, SIDE, SIDE, 1],
      inputName: "face",
    });
  },
};

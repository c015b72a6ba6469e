/**
 * Weights of VGG16 from any ONNX file of it, under our names, whatever theirs are: the thirteen convolutions in their
 * order become `conv1_1` … `conv5_3`, their batch norms (if they were not folded) `norm1_1` … `norm5_3`, the first two
 * matrix products `fc6` and `fc7`. The last one, which knows other labels, is left out. Read so, the model zoo's
 * `vgg16-7.onnx` and `vgg16-12.onnx` (`vgg0_conv0_weight` …) and exports of torchvision (`features.0.weight` …) are the
 * same.
 *
 * The first hidden layer fits only if the file keeps channels first (as PyTorch and MXNet do) and saw pictures of the
 * same side; else it is of another size, and starts at random.
 */
import { AffektError } from "../../core/errors.ts";
import type { OnnxModel, OnnxNode } from "../../graph/onnx.ts";
import { onnxWeights } from "../../graph/onnx-weights.ts";
import { VGG16_STAGES } from "./vgg16.ts";
import { NORM_EPSILON } from "./vgg16-fold.ts";
import { transposed } from "./vgg16-torchvision.ts";

const CONVOLUTIONS = VGG16_STAGES.flatMap((stage, at) => stage.map((_, index) => `conv${at + 1}_${index + 1}`));
const HIDDEN = ["fc6", "fc7"];

/** @throws AffektError `checkpoint` if batch norms would be lost */
function batchNorms({ nodes }: OnnxModel, weights: ReadonlyMap<string, Float32Array>): OnnxNode[] {
  const norms = nodes.filter(({ op }) => op === "BatchNormalization");
  const { length } = CONVOLUTIONS;
  if (norms.length !== 0 && norms.length !== length) {
    throw new AffektError(
      "checkpoint",
      `The weights to start from hold ${norms.length} batch norms; expected none or ${length}, one behind each convolution.`,
      "Start from weights of torchvision's vgg16 or vgg16_bn.",
    );
  }
  const bare = norms.find(({ inputs }) => inputs.slice(1, 5).some((name) => !weights.has(name)));
  if (bare === undefined) return norms;
  throw new AffektError(
    "checkpoint",
    `The weights to start from lack those of the batch norm of ${bare.outputs[0]}.`,
    "Export the model with its weights as initializers.",
  );
}

/** A norm of another epsilon is one of ours with the difference in its variance. */
function withOurEpsilon({ attributes }: OnnxNode): ((variance: Float32Array) => Float32Array) | undefined {
  const own = attributes?.["epsilon"];
  if (own === undefined || !("float" in own) || own.float === Math.fround(NORM_EPSILON)) return undefined;
  return (variance) => variance.map((value) => value + own.float - NORM_EPSILON);
}

/**
 * @returns undefined if the model is no VGG16: it has other than 13 convolutions
 * @throws AffektError `checkpoint` if it has batch norms, but not one behind each convolution
 */
export function vgg16FromOnnx(model: OnnxModel): Map<string, Float32Array> | undefined {
  const weights = onnxWeights(model);
  const ofOp = (...ops: string[]): OnnxNode[] =>
    model.nodes.filter(({ op, inputs }) => ops.includes(op) && weights.has(inputs[1] ?? ""));
  const convolutions = ofOp("Conv");
  if (convolutions.length !== CONVOLUTIONS.length) return undefined;
  const out = new Map<string, Float32Array>();
  const put = (name: string, from: string | undefined, turn?: (data: Float32Array) => Float32Array): void => {
    const data = weights.get(from ?? "");
    if (data) out.set(name, turn ? turn(data) : data);
  };
  for (const [at, { inputs }] of convolutions.entries()) {
    put(`${CONVOLUTIONS[at]}.weight`, inputs[1]);
    put(`${CONVOLUTIONS[at]}.bias`, inputs[2]);
  }
  for (const [at, norm] of batchNorms(model, weights).entries()) {
    const name = (CONVOLUTIONS[at] as string).replace("conv", "norm");
    const [, gain, bias, mean, variance] = norm.inputs;
    put(`${name}.gain`, gain);
    put(`${name}.bias`, bias);
    put(`${name}.mean`, mean);
    put(`${name}.variance`, variance, withOurEpsilon(norm));
  }
  for (const [at, node] of ofOp("Gemm", "MatMul").slice(0, HIDDEN.length).entries()) {
    const [, weight = "", bias] = node.inputs;
    const turned = node.attributes?.transB;
    const units = model.initializers.find(({ name }) => name === weight)?.dims[0] ?? 1;
    const turn =
      turned && "int" in turned && turned.int === 1 ? (data: Float32Array) => transposed(data, units) : undefined;
    put(`${HIDDEN[at]}.weight`, weight, turn);
    const sum = model.nodes.find(({ op, inputs }) => op === "Add" && inputs.includes(node.outputs[0] ?? ""));
    put(`${HIDDEN[at]}.bias`, bias ?? sum?.inputs.find((name) => weights.has(name)));
  }
  return out;
}

/**
 * The first convolution for pictures of one channel: an RGB kernel summed over its channels answers a grey picture as
 * it would answer the same picture with three equal channels.
 */
export function greyKernels(weights: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  const out = new Map(weights);
  const kernels = weights.get("conv1_1.weight");
  const filters = weights.get("conv1_1.bias")?.length ?? 0;
  const window = 9;
  if (kernels === undefined || kernels.length !== filters * 3 * window) return out;
  const grey = new Float32Array(filters * window);
  for (let at = 0; at < kernels.length; at++) {
    grey[Math.floor(at / (3 * window)) * window + (at % window)]! += kernels[at] as number;
  }
  return out.set("conv1_1.weight", grey);
}

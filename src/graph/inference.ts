/** The inference model of a definition: weights as constants, batch norm folded, recurrences as single operators. */
import { Graph, type Node } from "./graph.ts";
import { encodeModel } from "./onnx-write.ts";
import { type Precision, quantize } from "./quantize.ts";

/** Builds the network in a graph and returns its outputs by name. The batch is DYNAMIC in `infer` mode. */
export type InferenceDefinition = (graph: Graph) => Readonly<Record<string, Node>>;

export interface InferenceOptions {
  /** How weights are stored; arithmetic stays float32. Default `"float32"`. */
  readonly precision?: Precision;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Bytes of an .onnx file. @throws AffektError `checkpoint` if the weights do not fit the definition */
export function inferenceModel(
  define: InferenceDefinition,
  weights: ReadonlyMap<string, Float32Array>,
  options: InferenceOptions = {},
): Uint8Array<ArrayBuffer> {
  const { precision = "float32", metadata = {} } = options;
  const graph = new Graph("infer", weights);
  for (const [name, node] of Object.entries(define(graph))) graph.output(name, node);
  return encodeModel({ ...quantize(graph.model(), precision), metadata });
}

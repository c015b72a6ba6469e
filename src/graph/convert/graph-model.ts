/**
 * TensorFlow.js graph models: `model.json` (topology and weight manifest) and the weight file beside it.
 *
 * Source: tfjs-converter's file format; attributes are TensorFlow's AttrValue messages as JSON, strings in base64.
 */
import { base64Bytes } from "../../core/base64.ts";
import { AffektError } from "../../core/errors.ts";

interface Attribute {
  readonly s?: string;
  readonly b?: boolean;
  readonly i?: string | number;
  readonly f?: number;
  readonly list?: { readonly s?: readonly string[]; readonly i?: readonly (string | number)[] };
  readonly shape?: { readonly dim?: readonly { readonly size: string | number }[] };
}

export interface GraphModelNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, Attribute>>;
}

/** One entry of the weight manifest. */
export interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

export interface GraphModel {
  readonly nodes: readonly GraphModelNode[];
  /** In the order in which the weight file holds them. */
  readonly weights: readonly WeightEntry[];
  /** Names of the weight files, to be joined in this order. */
  readonly files: readonly string[];
}

/**
 * Reads `model.json`.
 *
 * @throws AffektError `model` if the text is not a tfjs graph model
 */
export function parseGraphModel(json: string): GraphModel {
  function refuse(what: string, cause?: unknown): AffektError {
    return new AffektError(
      "model",
      `Expected the model.json of a TensorFlow.js graph model; ${what}.`,
      "Check that the file is complete and of the format `graph-model`, not `layers-model`.",
      { cause },
    );
  }
  let model: {
    modelTopology?: { node?: GraphModelNode[] };
    weightsManifest?: { paths: string[]; weights: WeightEntry[] }[];
  };
  try {
    model = JSON.parse(json);
  } catch (cause) {
    throw refuse("received text that is not JSON", cause);
  }
  const nodes = model?.modelTopology?.node;
  const manifest = model?.weightsManifest;
  if (!Array.isArray(nodes) || !Array.isArray(manifest)) {
    throw refuse("received JSON without `modelTopology.node` or `weightsManifest`");
  }
  return {
    nodes,
    weights: manifest.flatMap((group) => group.weights),
    files: manifest.flatMap((group) => group.paths),
  };
}

/** Attributes of this format are words such as NHWC, SAME, BiasAdd. */
const fromBase64 = (encoded: string): string => new TextDecoder().decode(base64Bytes(encoded));

export function textAttribute(node: GraphModelNode, name: string): string | undefined {
  const value = node.attr?.[name]?.s;
  return value === undefined ? undefined : fromBase64(value);
}

export function textListAttribute(node: GraphModelNode, name: string): readonly string[] {
  return (node.attr?.[name]?.list?.s ?? []).map(fromBase64);
}

export function integersAttribute(node: GraphModelNode, name: string): readonly number[] {
  return (node.attr?.[name]?.list?.i ?? []).map(Number);
}

export function flagAttribute(node: GraphModelNode, name: string): boolean {
  return node.attr?.[name]?.b ?? false;
}

/** A negative number is a dynamic dimension. */
export function shapeAttribute(node: GraphModelNode, name: string): readonly number[] {
  return (node.attr?.[name]?.shape?.dim ?? []).map((dim) => Number(dim.size));
}

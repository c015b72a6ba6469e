/** A model asked for what it has understood rather than for what it answers. */
import { AffektError } from "../core/errors.ts";
import { decodeModel } from "../graph/onnx-read.ts";
import type { Contract, TextContract } from "./contract.ts";

/** What a contract says of how a model reads, without what moves its answers or takes them back. */
export function readingContract(contract: Contract): Partial<Contract> {
  const all: Contract & Partial<Pick<TextContract, "negation" | "degree">> = contract;
  const { bias: _b, prior: _p, thresholds: _t, columns: _c, negation: _n, degree: _d, ...reading } = all;
  return reading as Partial<Contract>;
}

/**
 * The contract of the same model with its embedding in the place of the logits: whoever opens it so and asks for
 * opinions gets embeddings, averaged over windows and mirrored views as logits are.
 *
 * @throws AffektError `contract` if the model has no embedding
 */
export function embeddingContract<C extends Contract>(contract: C, bytes: Uint8Array): C {
  const name = contract.outputs.embedding;
  const dim = decodeModel(bytes).outputs.find((output) => output.name === name)?.dims[1];
  if (name === undefined || dim === undefined || dim < 1) {
    throw new AffektError(
      "contract",
      `The model ${contract.id} gives no embedding.`,
      "Export it again with `affekt train`, which adds one.",
    );
  }
  return {
    ...readingContract(contract),
    task: "single",
    labels: Array.from({ length: dim }, (_, at) => `${name}${at}`),
    outputs: { logits: name },
  } as unknown as C;
}

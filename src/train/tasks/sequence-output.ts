/** The steps of an encoder as an output of its model file, so that a fusion over sequences can be trained on them. */
import type { Session } from "../../core/ports.ts";
import type { Encoded } from "../../encode/encoded.ts";
import type { Node } from "../../graph/graph.ts";
import { reshapeRaw } from "../../graph/ops/reshape.ts";
import { keepWhere } from "../../graph/ops/select.ts";

const NAME = "sequence";

/** `[batch, steps, dim]`, zeros in its padding, where the encoder has steps. */
export function sequenceOutput({ sequence, steps }: Pick<Encoded, "sequence" | "steps">): Record<string, Node> {
  if (sequence === undefined) return {};
  const [batch = 0, length = 0] = sequence.shape;
  return { [NAME]: steps ? keepWhere(reshapeRaw(steps, [batch, length, 1]), sequence) : sequence };
}

/** What the contract says of it. */
export function sequenceName({ outputs }: Session): { sequence?: string } {
  return outputs.includes(NAME) ? { sequence: NAME } : {};
}

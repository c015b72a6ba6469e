/** What every encoder gives. */
import type { Node } from "../graph/graph.ts";

export interface Encoded {
  /** `[batch, dim]`: one vector for the whole input, for fusion and anomaly detection. */
  readonly embedding: Node;
  /** `[batch, steps, dim]`: vectors in the order of the input (words, places of a picture, time), for attention. */
  readonly sequence?: Node;
  /** `[batch, steps]`, 1 for steps and 0 for padding, where the sequence has padding. */
  readonly steps?: Node;
  /** `[batch, labels]`: what the encoder answers by itself. */
  readonly logits: Node;
  /** Where the logits are a sum of independent readings: those readings, `[batch, labels]` each. */
  readonly terms?: readonly Node[];
}

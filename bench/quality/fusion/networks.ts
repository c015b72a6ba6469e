/** The fusion networks that the tables compare, of like size. */
import type { FusionConfig } from "../../../src/fuse/table.ts";

const DIM = 32;

export const NETWORKS: Readonly<Record<string, FusionConfig>> = {
  "linear, sum": { kind: "linear", dim: DIM },
  "linear, learned weights": { kind: "linear", dim: DIM, combine: "learned" },
  "concatenation + MLP": { kind: "mlp", dim: DIM, dropout: 0.3 },
  "low-rank tensor": { kind: "tensor", dim: DIM, rank: 4, dropout: 0.1 },
  gated: { kind: "gated", dim: DIM, dropout: 0.1 },
  attention: { kind: "attention", dim: DIM, dropout: 0.1 },
  "cross-modal transformer": { kind: "cross-modal", dim: DIM, heads: 4, crossLayers: 1, dropout: 0.1 },
};

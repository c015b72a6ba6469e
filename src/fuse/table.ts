/** The fusion networks by name, as a configuration names them. */
import { z } from "zod";
import { attentionFusion } from "./attention.ts";
import { crossModalFusion } from "./cross-modal.ts";
import type { Fusion } from "./fusion.ts";
import { gatedFusion } from "./gated.ts";
import { linearFusion } from "./linear.ts";
import { mlpFusion } from "./mlp.ts";
import { tensorFusion } from "./tensor.ts";

const dim = z.int().positive();
const count = z.int().positive().exactOptional();
const dropout = z.number().min(0).lt(1).exactOptional();

/** A pool weighs the answers of models, and stands beside them in a file of its own. */
const NOT_A_NETWORK =
  "a pool of models is no network that is trained with them: train each model by itself and fit their weights with " +
  "affekt pool";

/** Whether somebody asks for the pool, by its kind or by its name alone. */
function meansPool(input: unknown): boolean {
  const kind = typeof input === "object" && input !== null && "kind" in input ? input.kind : input;
  return kind === "pool" || kind === "log-linear-pool";
}

/** Options that are left out have the defaults of the fusion's own file. */
export const FusionConfig = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("linear"), dim, combine: z.enum(["sum", "learned"]).exactOptional() }),
    z.strictObject({ kind: z.literal("mlp"), dim, hidden: z.array(z.int().positive()).exactOptional(), dropout }),
    z.strictObject({ kind: z.literal("tensor"), dim, rank: count, dropout }),
    z.strictObject({ kind: z.literal("gated"), dim, dropout }),
    z.strictObject({ kind: z.literal("attention"), dim, hidden: count, dropout }),
    z.strictObject({
      kind: z.literal("cross-modal"),
      dim,
      heads: count,
      crossLayers: count,
      selfLayers: count,
      dropout,
      convert: z.boolean().exactOptional(),
    }),
  ],
  { error: ({ input }) => (meansPool(input) ? NOT_A_NETWORK : undefined) },
);

export type FusionConfig = z.infer<typeof FusionConfig>;
export type FusionKind = FusionConfig["kind"];

type Builders = { readonly [K in FusionKind]: (options: Extract<FusionConfig, { kind: K }>) => Fusion };

export const FUSIONS: Builders = {
  linear: linearFusion,
  mlp: mlpFusion,
  tensor: tensorFusion,
  gated: gatedFusion,
  attention: attentionFusion,
  "cross-modal": crossModalFusion,
};

/** The network of a configuration. */
export function fusionOf(config: FusionConfig): Fusion {
  return (FUSIONS[config.kind] as (options: FusionConfig) => Fusion)(config);
}

/** Whether the fusion gives out the share of each modality. */
export function weighs(config: FusionConfig): boolean {
  return config.kind === "attention" || (config.kind === "linear" && config.combine === "learned");
}

/** Linear layers and embeddings. */
import { type Graph, type Layer, type Node, perGraph } from "../graph.ts";
import { type Initializer, normal, xavier, zeros } from "../initialize.ts";
import { lookup } from "../ops/lookup.ts";
import { affine } from "../ops/matmul.ts";
import { formatShape, shapeError } from "../shape.ts";

export interface LinearOptions {
  readonly bias?: boolean;
  readonly initialize?: Initializer;
  /** Default zeros. */
  readonly initializeBias?: Initializer;
}

/** x · W + b over the last axis: `[..., in]` → `[..., units]`. Xavier unless told otherwise. */
export function linear(name: string, units: number, options: LinearOptions = {}): Layer {
  const { bias = true, initialize = xavier, initializeBias = zeros } = options;
  const weights = perGraph((graph, x) => {
    const inputs = x.shape.at(-1) as number;
    return {
      weight: graph.parameter(`${name}.weight`, [inputs, units], initialize),
      bias: bias ? graph.parameter(`${name}.bias`, [units], initializeBias, { decay: false }) : null,
    };
  });
  return (x) => {
    const made = weights(x);
    if (x.shape.length < 2 || x.shape.at(-1) !== made.weight.shape[0]) {
      throw shapeError(`linear layer ${name}`, formatShape(x.shape), `[..., ${made.weight.shape[0]}]`);
    }
    return affine(x, made.weight, made.bias);
  };
}

export interface EmbeddingOptions {
  readonly initialize?: Initializer;
  /** Only the rows looked up are updated. Default true. */
  readonly sparse?: boolean;
}

/** Rows of a trained table by int32 id: `[...]` → `[..., dim]`. */
export function embedding(name: string, rows: number, dim: number, options: EmbeddingOptions = {}): Layer {
  const { initialize = normal(0.1), sparse = true } = options;
  const table = perGraph((graph: Graph) =>
    graph.parameter(`${name}.weight`, [rows, dim], initialize, { sparse, decay: false }),
  );
  return (ids: Node) => {
    if (ids.type !== "int32") throw shapeError(`embedding ${name}`, `ids of type ${ids.type}`, "int32 ids");
    return lookup(table(ids), ids);
  };
}

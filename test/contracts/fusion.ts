/** The contract that every fusion network passes. */
import { afterAll, describe, expect, test } from "vitest";
import { MODALITIES, type Modality } from "../../src/core/modality.ts";
import { float32, floats } from "../../src/core/tensor.ts";
import type { Fusion } from "../../src/fuse/fusion.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { linear } from "../../src/graph/layers/dense.ts";
import { crossEntropy } from "../../src/graph/losses.ts";
import { add } from "../../src/graph/ops/arithmetic.ts";
import { expectClose } from "../reference.ts";
import {
  expectAgrees,
  expectLearns,
  type Feeds,
  type Inference,
  type NetworkUnderTest,
  noise,
  oneHot,
  openInference,
} from "./network.ts";

/** The 7 non-empty subsets of the modalities, one a row of the batch. */
export const SUBSETS: readonly (readonly Modality[])[] = Array.from({ length: 7 }, (_, index) =>
  MODALITIES.filter((_modality, bit) => ((index + 1) >> bit) & 1),
);
const ROWS = SUBSETS.length;
const CLASSES = 3;
const DIMS = { text: 5, face: 4, speech: 6 } as const;
const STEPS = { text: 3, face: 2, speech: 4 } as const;

const presence = float32(
  Float32Array.from(SUBSETS.flatMap((subset) => MODALITIES.map((modality) => (subset.includes(modality) ? 1 : 0)))),
  [ROWS, MODALITIES.length],
);
/** Every third row has one step of padding at its end. */
const padding = (steps: number) =>
  float32(
    Float32Array.from({ length: ROWS * steps }, (_, at) =>
      at % steps === steps - 1 && Math.floor(at / steps) % 3 === 0 ? 0 : 1,
    ),
    [ROWS, steps],
  );

export type Arrangement = "vectors" | "sequences";

function networkOf(build: () => Fusion, arrangement: Arrangement): NetworkUnderTest {
  const sequences = arrangement === "sequences";
  const inputs: Record<string, Feeds[string]> = { presence };
  for (const [index, modality] of MODALITIES.entries()) {
    const steps = STEPS[modality];
    inputs[modality] = sequences
      ? noise(index + 1, ROWS, steps, DIMS[modality])
      : noise(index + 1, ROWS, DIMS[modality]);
    if (sequences) inputs[`${modality} steps`] = padding(steps);
  }
  return {
    inputs,
    targets: { wanted: oneHot(ROWS, CLASSES) },
    outputs: (graph, batch) => {
      const input = (name: string): Node => graph.input(name, [batch, ...(inputs[name]?.dims.slice(1) ?? [])]);
      const perModality = (suffix: string) =>
        Object.fromEntries(MODALITIES.map((modality) => [modality, input(`${modality}${suffix}`)]));
      const fused = build()({
        presence: input("presence"),
        slots: perModality(""),
        ...(sequences ? { steps: perModality(" steps") } : {}),
      });
      // The auxiliary loss belongs to training graphs only and is asked for by name in the loss.
      const { auxiliary, ...rest } = fused;
      auxiliaries.set(graph, auxiliary);
      return { ...rest, logits: linear("head", CLASSES)(fused.vector) };
    },
    loss: ({ logits }, graph) => {
      const loss = crossEntropy(logits as Node, graph.input("wanted", [ROWS, CLASSES]));
      const auxiliary = auxiliaries.get(graph);
      return auxiliary ? add(loss, auxiliary) : loss;
    },
  };
}
const auxiliaries = new WeakMap<Graph, Node | undefined>();

/** The inputs with something else where a modality is absent or a sequence has ended. */
function withOtherFilling({ inputs }: NetworkUnderTest, filling: number): Feeds {
  const changed: Record<string, Feeds[string]> = { ...inputs };
  for (const modality of MODALITIES) {
    const { dims } = inputs[modality] as Feeds[string];
    const values = floats(inputs[modality]).slice();
    const steps = dims.length === 3 ? (dims[1] as number) : 1;
    const mask = inputs[`${modality} steps`];
    const dim = dims.at(-1) as number;
    for (const [at] of values.entries()) {
      const step = Math.floor(at / dim);
      const absent = !SUBSETS[Math.floor(step / steps)]?.includes(modality);
      if (absent || (mask && floats(mask)[step] === 0)) values[at] = filling;
    }
    changed[modality] = float32(values, dims);
  }
  return changed;
}

export interface FusionContractOptions {
  /** Parameters that get no gradient from an arrangement. */
  readonly unmoved?: Partial<Record<Arrangement, RegExp>>;
}

export function fusionContract(name: string, build: () => Fusion, options: FusionContractOptions = {}): void {
  const { unmoved = {} } = options;
  describe.each(["vectors", "sequences"] as const)(`fusion contract: ${name}, on %s`, (arrangement) => {
    const network = networkOf(build, arrangement);
    let opened: Promise<Inference> | undefined;
    const inference = (): Promise<Inference> => {
      opened ??= openInference(network);
      return opened;
    };
    afterAll(async () => (await opened)?.release());

    test("accepts each of the 7 subsets, and each gives a vector of its own", async () => {
      const session = await inference();
      const { vector } = await session.run(network.inputs);
      const values = floats(vector);
      expect(vector?.dims[0]).toBe(ROWS);
      const dim = values.length / ROWS;
      const rows = new Set<string>();
      for (const [row, subset] of SUBSETS.entries()) {
        const own = values.slice(row * dim, (row + 1) * dim);
        expect({ subset, finite: own.every(Number.isFinite) }).toEqual({ subset, finite: true });
        rows.add(own.join(" "));
      }
      expect(rows.size).toBe(ROWS);
    });

    test("ignores what the slot of an absent modality holds, NaN included", async () => {
      const session = await inference();
      const zero = floats((await session.run(withOtherFilling(network, 0))).vector);
      const large = floats((await session.run(withOtherFilling(network, 1e3))).vector);
      const nan = floats((await session.run(withOtherFilling(network, Number.NaN))).vector);
      expectClose(large, zero, 1e-5, "vector with 1000 in the empty slots");
      expectClose(nan, zero, 1e-5, "vector with NaN in the empty slots");
    });

    test("gives weights, if any, that add up to 1 over the modalities present", async () => {
      const session = await inference();
      const { weights } = await session.run(network.inputs);
      if (weights === undefined) return;
      for (const [row, subset] of SUBSETS.entries()) {
        const own = floats(weights).slice(row * 3, row * 3 + 3);
        expect(own.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
        for (const [column, modality] of MODALITIES.entries()) {
          if (!subset.includes(modality)) expect(own[column]).toBe(0);
        }
      }
    });

    test("learns, moves every weight, and does so alike from the same seed, with NaN in the empty slots", () =>
      expectLearns({ ...network, inputs: withOtherFilling(network, Number.NaN) }, unmoved[arrangement]));

    test("the inference graph gives what the training graph gives, within 1e-4", async () =>
      expectAgrees(network, await inference()));
  });
}

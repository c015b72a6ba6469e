import { describe, test } from "vitest";
import { checkGradients } from "../../../test/gradient-check.ts";
import type { Node } from "../graph.ts";
import { gru } from "./gru.ts";
import { lstm } from "./lstm.ts";

const STEPS = 4;
const BATCH = 2;
const INPUTS = 3;
const HIDDEN = 5;
const x = [STEPS, BATCH, INPUTS];
const at = (values: Record<string, Node>, name: string): Node => values[name] as Node;

describe.each([
  ["forward", false],
  ["backward", true],
] as const)("%s through a sequence", (_, reverse) => {
  test("the LSTM has the gradient that finite differences give", () =>
    checkGradients({
      inputs: { x, input: [INPUTS, 4 * HIDDEN], recurrent: [HIDDEN, 4 * HIDDEN], bias: [4 * HIDDEN] },
      build: (v) =>
        lstm(at(v, "x"), { input: at(v, "input"), recurrent: at(v, "recurrent"), bias: at(v, "bias") }, reverse),
      samples: 24,
    }));

  test("the GRU has the gradient that finite differences give", () =>
    checkGradients({
      inputs: {
        x,
        input: [INPUTS, 3 * HIDDEN],
        recurrent: [HIDDEN, 3 * HIDDEN],
        inputBias: [3 * HIDDEN],
        recurrentBias: [3 * HIDDEN],
      },
      build: (v) =>
        gru(
          at(v, "x"),
          {
            input: at(v, "input"),
            recurrent: at(v, "recurrent"),
            inputBias: at(v, "inputBias"),
            recurrentBias: at(v, "recurrentBias"),
          },
          reverse,
        ),
      samples: 24,
    }));
});

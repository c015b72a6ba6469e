import { describe, expect, test } from "vitest";
import { headContract, LABELS } from "../../test/contracts/head.ts";
import { HeadConfig, headOf, MultiTaskConfig } from "./table.ts";

const labels = LABELS;

headContract("softmax", () => headOf({ kind: "softmax", labels, dropout: 0 }));
headContract("softmax behind a hidden layer", () => headOf({ kind: "softmax", labels, hidden: [8], dropout: 0 }));
headContract("cnn", () => headOf({ kind: "cnn", labels, filters: 8, widths: [1, 3], sections: 2, dropout: 0 }));

for (const [cell, direction, pool] of [
  ["lstm", "forward", "last"],
  ["lstm", "both", "max"],
  ["gru", "forward", "mean"],
  ["gru", "both", "last"],
  ["gru", "forward", "attention"],
] as const) {
  headContract(
    `rnn ${cell} ${direction} ${pool}`,
    () => headOf({ kind: "rnn", labels, cell, direction, pool, hidden: 4, dropout: 0 }),
    // Softmax does not mind what is added to all scores.
    { inputs: ["sequence"], unmoved: /pool\.score\.bias/ },
  );
}

describe("the table of heads", () => {
  test("names every wrong field of a configuration", () => {
    const parsed = HeadConfig.safeParse({ kind: "cnn", labels: 1, widths: [4], cell: "gru" });
    expect(parsed.error?.issues.map(({ path }) => path.join("."))).toEqual(["labels", "widths.0", ""]);
  });

  test("a multi-task configuration wants at least one task, and names that are plain", () => {
    expect(MultiTaskConfig.safeParse({ tasks: {} }).success).toBe(false);
    expect(MultiTaskConfig.safeParse({ tasks: { "a b": { kind: "values", columns: 2 } } }).success).toBe(false);
    expect(MultiTaskConfig.safeParse({ tasks: { sentiment: { kind: "values", columns: 1 } } }).success).toBe(true);
  });
});

import { expect, test } from "vitest";
import { z } from "zod";
import { explainIssue } from "./explain-issue.ts";
import { kindRecord } from "./kind-record.ts";

const Schema = z.strictObject({
  hidden: z.int().positive().optional(),
  optimizer: z.enum(["adam", "sgd"]).optional(),
  schedule: z
    .union([
      z.enum(["constant", "step"]),
      z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("constant") }),
        z.strictObject({ kind: z.literal("step"), epochs: z.array(z.int()) }),
      ]),
    ])
    .optional(),
  network: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("mlp"), dim: z.int() }),
      z.strictObject({ kind: z.literal("gated"), dim: z.int() }),
    ])
    .optional(),
  context: z.strictObject({ kind: z.enum(["gru", "mean"]), reach: z.int().optional() }).optional(),
  head: kindRecord(["softmax", "multi-task"]).optional(),
  version: z.string().regex(/^\d+$/, "must be digits").optional(),
});

test.each([
  [{ hiden: 3 }, "", 'unknown field "hiden" (did you mean "hidden"?); known fields: hidden, optimizer,'],
  [{ optimizer: "rmsprop" }, "optimizer", 'received "rmsprop"; expected one of "adam", "sgd"'],
  [{ optimizer: "adamm" }, "optimizer", 'expected one of "adam", "sgd" (did you mean "adam"?)'],
  [{ schedule: "cosin" }, "schedule", 'received "cosin"; expected one of "constant", "step"'],
  [
    { schedule: { kind: "stp" } },
    "schedule",
    'received "stp"; expected one of "constant", "step" (did you mean "step"?)',
  ],
  [{ schedule: { kind: "step", epochs: "10" } }, "schedule", 'epochs: received "10"; expected list'],
  [{ network: { kind: "mpl" } }, "network.kind", 'received "mpl"; expected one of "mlp", "gated"'],
  [{ network: "mlp" }, "network", 'received "mlp"; expected object (did you mean { "kind": "mlp", … }?)'],
  [{ network: "gatde" }, "network", 'received "gatde"; expected object (did you mean { "kind": "gated", … }?)'],
  [{ network: "odd" }, "network", 'received "odd"; expected object with a "kind", one of "mlp", "gated"'],
  [{ network: ["mlp"] }, "network", 'received ["mlp"]; expected object with a "kind", one of "mlp", "gated"'],
  [{ context: "gru" }, "context", 'received "gru"; expected object (did you mean { "kind": "gru", … }?)'],
  [
    { head: "multi-task" },
    "head",
    'received "multi-task"; expected object (did you mean { "kind": "multi-task", … }?)',
  ],
  [{ head: 3 }, "head", 'received 3; expected object with a "kind", one of "softmax", "multi-task"'],
  [{ network: { kind: "mlp" } }, "network.dim", "received nothing; expected number"],
  [{ hidden: 0 }, "hidden", "received 0; expected more than 0"],
  [{ version: "x" }, "version", "must be digits"],
])("%j is told with what was received and what is expected", (value, path, message) => {
  const { error } = Schema.safeParse(value, { error: explainIssue });
  expect(error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  expect(error?.issues[0]?.message).toContain(message);
});

test("what was received is cut short", () => {
  const { error } = Schema.safeParse({ hidden: "x".repeat(500) }, { error: explainIssue });
  expect(error?.issues[0]?.message.length).toBeLessThan(120);
});

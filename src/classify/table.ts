/** The recognition heads by name, as a configuration names them. */
import { z } from "zod";
import { cnnHead } from "./cnn.ts";
import type { Head } from "./head.ts";
import { type MultiTaskHead, multiTaskHead } from "./multi-task.ts";
import { rnnHead } from "./rnn.ts";
import { softmaxHead } from "./softmax.ts";

const size = z.int().positive();
const count = size.exactOptional();
const sizes = z.array(size).exactOptional();
const dropout = z.number().min(0).lt(1).exactOptional();
const labels = z.int().min(2);

/** Options that are left out have the defaults of the head's own file. */
export const HeadConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("softmax"), labels, hidden: sizes, dropout }),
  z.strictObject({
    kind: z.literal("cnn"),
    labels,
    filters: count,
    widths: z
      .array(size.refine((width) => width % 2 === 1, "must be odd"))
      .min(1)
      .exactOptional(),
    sections: count,
    dropout,
  }),
  z.strictObject({
    kind: z.literal("rnn"),
    labels,
    cell: z.enum(["lstm", "gru"]).exactOptional(),
    direction: z.enum(["forward", "both"]).exactOptional(),
    hidden: count,
    layers: count,
    pool: z.enum(["last", "mean", "max", "attention"]).exactOptional(),
    dropout,
  }),
]);

export type HeadConfig = z.infer<typeof HeadConfig>;
export type HeadKind = HeadConfig["kind"];

type Builders = { readonly [K in HeadKind]: (options: Extract<HeadConfig, { kind: K }>) => Head };

export const HEADS: Builders = { softmax: softmaxHead, cnn: cnnHead, rnn: rnnHead };

/** The head of a configuration. */
export function headOf(config: HeadConfig): Head {
  return (HEADS[config.kind] as (options: HeadConfig) => Head)(config);
}

export const MultiTaskConfig = z.strictObject({
  tasks: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, "must be lower-case letters, digits and hyphens"),
      z.strictObject({ kind: z.enum(["classes", "flags", "values"]), columns: size }),
    )
    .refine((tasks) => Object.keys(tasks).length > 0, "must name at least one task"),
  hidden: count,
  dropout,
});

export type MultiTaskConfig = z.infer<typeof MultiTaskConfig>;

/** The heads of several tasks on one vector. */
export function multiTaskOf(config: MultiTaskConfig): MultiTaskHead {
  return multiTaskHead(config);
}

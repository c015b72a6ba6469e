/** The part of a network that learns further columns along with the label: head, loss and outputs. */
import { z } from "zod";
import type { MultiTaskHead, TaskOptions } from "../../classify/multi-task.ts";
import { MultiTaskConfig, multiTaskOf } from "../../classify/table.ts";
import type { Node } from "../../graph/graph.ts";
import { mul, scale, shift } from "../../graph/ops/arithmetic.ts";
import { sliceRaw } from "../../graph/ops/reshape.ts";
import { type Further, sizeOf } from "./further-columns.ts";

/** A multi-task head without its tasks, which labels and columns decide. */
export const MultiTaskChoice = MultiTaskConfig.omit({ tasks: true }).extend({ kind: z.literal("multi-task") });

export type MultiTaskChoice = z.infer<typeof MultiTaskChoice>;

/** The head of the label and of each further column. @param kind of the label: one of several, or any of several */
export function multiTaskHeadOf(
  { kind: _kind, ...options }: MultiTaskChoice,
  labels: number,
  { columns }: Pick<Further, "columns">,
  kind: "classes" | "flags" = "classes",
): MultiTaskHead {
  const tasks: Record<string, TaskOptions> = Object.fromEntries([
    ["label", { kind, columns: labels }],
    ...columns.map((column) => {
      const own = column.values === undefined ? ("values" as const) : ("classes" as const);
      return [column.task, { kind: own, columns: sizeOf(column) }] as const;
    }),
  ]);
  return multiTaskOf({ ...options, tasks });
}

/** A head, and what it answers, by task. */
export interface MultiTaskNet {
  readonly head: MultiTaskHead;
  readonly outputs: Readonly<Record<string, Node>>;
}

/** How the label of a multi-task network counts. */
interface LabelLoss {
  readonly labelSmoothing?: number;
  /** Per label; not where a row may have several. */
  readonly classWeights?: Float32Array | undefined;
  /** `[batch, 1]`: 0 for rows without a label, such as those that fill up a conversation. Default: all have one. */
  readonly known?: Node;
}

function smoothed(targets: Node, { labelSmoothing = 0, classWeights }: LabelLoss): Node {
  const [, labels = 0] = targets.shape;
  let wanted = targets;
  if (labelSmoothing > 0) wanted = shift(scale(wanted, 1 - labelSmoothing), labelSmoothing / labels);
  return classWeights ? mul(wanted, targets.graph.constant(classWeights, [labels])) : wanted;
}

/**
 * The uncertainty-weighted loss of all tasks (Kendall et al. 2018). Adds the graph's input `further`, `[batch, width]`;
 * of mixed rows, a column that one of them lacks counts as missing.
 *
 * @param targets of the label, `[batch, labels]`
 */
export function multiTaskLoss(
  { head, outputs }: MultiTaskNet,
  { columns, width }: Pick<Further, "columns" | "width">,
  label: Node,
  options: LabelLoss,
): Node {
  const { graph } = label;
  const [batch = 0] = label.shape;
  const wanted = smoothed(label, options);
  const known = options.known ?? graph.constant(new Float32Array(batch).fill(1), [batch, 1]);
  const entries: [string, { wanted: Node; known: Node }][] = [["label", { wanted, known }]];
  if (columns.length === 0) return head.loss(outputs, Object.fromEntries(entries));
  const targets = graph.input("further", [batch, width]);
  let at = 0;
  for (const [index, column] of columns.entries()) {
    const flag = width - columns.length + index;
    const share = sliceRaw(targets, 1, flag, flag + 1);
    const whole = graph.one("Floor", [graph.one("Add", [share, graph.scalar(1e-4)], share.shape)], share.shape);
    entries.push([column.task, { wanted: sliceRaw(targets, 1, at, at + sizeOf(column)), known: whole }]);
    at += sizeOf(column);
  }
  return head.loss(outputs, Object.fromEntries(entries));
}

/** Wanted beside the logits. */
export function furtherOutputs(further: Further | undefined): Record<string, null> {
  return Object.fromEntries((further?.columns ?? []).map(({ task }) => [task, null]));
}

/** Outputs of an inference graph beside the logits. */
export function columnOutputs(net: MultiTaskNet | undefined, further: Further | undefined): Record<string, Node> {
  return Object.fromEntries((further?.columns ?? []).map(({ task }) => [task, net?.outputs[task] as Node]));
}

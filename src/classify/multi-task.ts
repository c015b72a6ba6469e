/**
 * Several tasks on one vector: emotion classes beside valence and arousal, sentiment, or any further label column. Each
 * task's loss is weighted by what the network thinks of its noise, σ², which is learned along:
 *
 *     classes and flags:  loss / σ² + log σ        values:  loss / (2 σ²) + log σ
 *
 * A row may lack the label of a task; it then counts for the others only.
 *
 * Source: Kendall et al. (2018), "Multi-task learning using uncertainty to weigh losses".
 */
import { AffektError } from "../core/errors.ts";
import type { Node } from "../graph/graph.ts";
import { zeros } from "../graph/initialize.ts";
import { linear } from "../graph/layers/dense.ts";
import { dropout, logSoftmax, relu, softplus } from "../graph/ops/activation.ts";
import { add, div, exp, mul, scale, square, sub, sum } from "../graph/ops/arithmetic.ts";
import { reshape } from "../graph/ops/reshape.ts";
import { keepWhere } from "../graph/ops/select.ts";
import { formatShape, sameShape, shapeError } from "../graph/shape.ts";
import { asVector, checkHeadInput } from "./head.ts";

/** `classes`: one of several; `flags`: any of several; `values`: numbers, such as valence and arousal. */
export type TaskKind = "classes" | "flags" | "values";

export interface TaskOptions {
  readonly kind: TaskKind;
  /** Labels or numbers of the task. */
  readonly columns: number;
}

export interface MultiTaskOptions {
  /** By name: letters, digits and hyphens. */
  readonly tasks: Readonly<Record<string, TaskOptions>>;
  /** Units of a hidden layer that each task has of its own. Default none. */
  readonly hidden?: number;
  readonly dropout?: number;
}

export interface TaskTarget {
  /** `[batch, columns]`: a distribution, flags of 0 and 1, or numbers. What unknown rows hold does not matter. */
  readonly wanted: Node;
  /** `[batch, 1]`, 1 where the row has a label of this task and 0 elsewhere. */
  readonly known: Node;
}

export interface MultiTaskHead {
  /** Logits (`classes`, `flags`) or numbers (`values`) of each task, `[batch, columns]`. */
  readonly outputs: (x: Node, steps?: Node) => Readonly<Record<string, Node>>;
  /** The uncertainty-weighted sum of the losses of all tasks that have a target. */
  readonly loss: (outputs: Readonly<Record<string, Node>>, targets: Readonly<Record<string, TaskTarget>>) => Node;
}

/** Loss of each row, `[batch, 1]`. */
function rowLoss(kind: TaskKind, output: Node, wanted: Node): Node {
  switch (kind) {
    case "classes":
      return scale(sum(mul(logSoftmax(output), wanted), [1], true), -1);
    case "flags":
      return sum(sub(softplus(output), mul(output, wanted)), [1], true);
    case "values":
      return sum(square(sub(output, wanted)), [1], true);
  }
}

export function multiTaskHead({ tasks, hidden, dropout: share = 0.3 }: MultiTaskOptions): MultiTaskHead {
  const names = Object.keys(tasks);
  if (names.length === 0) {
    throw new AffektError("config", "A multi-task head received no task.", "Name at least one task, such as emotion.");
  }
  return {
    outputs(x, steps) {
      checkHeadInput("multi-task head", x, steps);
      const shared = dropout(asVector(x, steps), share);
      return Object.fromEntries(
        Object.entries(tasks).map(([name, { columns }]) => {
          const own = hidden === undefined ? shared : dropout(relu(linear(`${name}.hidden`, hidden)(shared)), share);
          return [name, linear(`${name}.output`, columns)(own)];
        }),
      );
    },

    loss(outputs, targets) {
      const parts: Node[] = [];
      for (const [name, { kind }] of Object.entries(tasks)) {
        const target = targets[name];
        if (target === undefined) continue;
        const { wanted, known } = target;
        const output = outputs[name] as Node;
        const { graph } = output;
        if (!sameShape(output.shape, wanted.shape)) {
          throw shapeError(`task ${name}`, `targets ${formatShape(wanted.shape)}`, formatShape(output.shape));
        }
        const rows = mul(rowLoss(kind, output, keepWhere(known, wanted)), known);
        const count = sum(known, [0, 1]);
        const mean = div(sum(rows, [0, 1]), graph.one("Max", [count, graph.scalar(1)], []));
        // Without a label in the batch the uncertainty has nothing to learn from either.
        const any = graph.one("Min", [count, graph.scalar(1)], []);
        const logVariance = reshape(graph.parameter(`${name}.logVariance`, [1], zeros, { decay: false }), []);
        const precision = scale(exp(scale(logVariance, -1)), kind === "values" ? 0.5 : 1);
        parts.push(add(mul(precision, mean), mul(scale(logVariance, 0.5), any)));
      }
      if (parts.length === 0) {
        throw new AffektError(
          "config",
          `None of the tasks ${names.join(", ")} has a target.`,
          "Give targets for at least one task.",
        );
      }
      return parts.reduce((total, part) => add(total, part));
    },
  };
}

/** The head over a fused vector: of the label alone, or of the label and further columns. */
import { z } from "zod";
import { HeadConfig, headOf } from "../../classify/table.ts";
import { kindsOf } from "../../core/explain-issue.ts";
import { kindRecord } from "../../core/kind-record.ts";
import type { Row } from "../../data/row.ts";
import type { Node } from "../../graph/graph.ts";
import { parsePart } from "../config.ts";
import { type Further, type FurtherFields, furtherColumns } from "./further-columns.ts";
import { MultiTaskChoice, type MultiTaskNet, multiTaskHeadOf } from "./multi-task-net.ts";
import { furtherOf } from "./network-config.ts";

export type FusedHead =
  | HeadConfig
  | (MultiTaskChoice & { readonly labels: number; readonly further: Pick<Further, "columns"> });

const AnyHead = z.discriminatedUnion("kind", [...HeadConfig.options, MultiTaskChoice]);

/** Field `head` of a network: a head by name, without its labels; `multi-task` foretells the further columns as well. */
export const HEAD = kindRecord(kindsOf(AnyHead)).default({ kind: "softmax" });

/** `network.head` of a configuration. */
type GivenHead = Readonly<Record<string, unknown>>;

/** @throws AffektError `config`, naming every wrong field */
export function parseFusedHead(given: GivenHead, labels: number): HeadConfig | MultiTaskChoice {
  const whole = given["kind"] === "multi-task" ? given : { ...given, labels };
  return parsePart(AnyHead, whole, "network.head");
}

/**
 * @param fields of the further columns
 * @param training rows that are trained on
 * @throws AffektError `config` if columns are named and the head is none of several tasks; `data`
 */
export function fusedHead(
  given: GivenHead,
  labels: number,
  fields: FurtherFields,
  training: readonly Row[],
): { readonly head: FusedHead; readonly further?: Further } {
  const head = parseFusedHead(given, labels);
  const further = furtherOf(head.kind === "multi-task" ? { multiTask: head } : {}, fields, () =>
    furtherColumns(training, fields),
  );
  if (head.kind !== "multi-task") return { head };
  return { head: { ...head, labels, further: further ?? { columns: [] } }, ...(further ? { further } : {}) };
}

/** What the head answers, `[rows, labels]`, and with a multi-task head its further tasks. Parameters are named `head.…`. */
export function answerOf(head: FusedHead, vector: Node): { readonly logits: Node; readonly multiTask?: MultiTaskNet } {
  return vector.graph.within("head", () => {
    if (head.kind !== "multi-task") return { logits: headOf(head)(vector) };
    const { labels, further, ...choice } = head;
    const built = multiTaskHeadOf(choice, labels, further);
    const outputs = built.outputs(vector);
    return { multiTask: { head: built, outputs }, logits: outputs["label"] as Node };
  });
}

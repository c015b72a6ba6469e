/** Rows that follow each other in one conversation (or film), as samples. */
import { AffektError } from "../../core/errors.ts";
import type { Row } from "../../data/row.ts";

/**
 * @param utterances most rows of one sample; a longer conversation is cut into stretches that differ by one at most. 1
 *   leaves every row to itself
 * @param order extra field, a number, by which the rows of a subject are ordered; without it, as they stand
 * @returns indices of the rows of each sample, in order
 * @throws AffektError `manifest` if a row has no subject
 */
export function conversations(rows: readonly Row[], utterances: number, order: string): Int32Array[] {
  if (utterances === 1) return rows.map((_, index) => Int32Array.of(index));
  const members = new Map<string, number[]>();
  for (const [index, { id, subject }] of rows.entries()) {
    if (subject === undefined) {
      throw new AffektError("manifest", `Row ${id} has no subject.`, "Name the conversation that a row belongs to.");
    }
    const list = members.get(subject);
    if (list) list.push(index);
    else members.set(subject, [index]);
  }
  const place = (index: number): number => Number(rows[index]?.extra[order] ?? 0);
  return [...members.values()].flatMap((list) => {
    const inOrder = list.toSorted((a, b) => place(a) - place(b) || a - b);
    const parts = Math.ceil(inOrder.length / utterances);
    return Array.from({ length: parts }, (_, part) => {
      const at = (edge: number): number => Math.round((edge * inOrder.length) / parts);
      return Int32Array.from(inOrder.slice(at(part), at(part + 1)));
    });
  });
}

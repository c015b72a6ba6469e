import { expect, test } from "vitest";
import type { Row } from "../data/row.ts";
import type { Contract } from "../recognize/contract.ts";
import type { Opinion } from "../recognize/opinion.ts";
import { poolAccuracy, poolRows } from "./pool-rows.ts";

const contract = { labels: ["anger", "joy"], temperature: 1 } as unknown as Contract;
const said = (row: Row, joy: number): { row: Row; answer: Opinion } => ({
  row,
  answer: { contract, logits: Float32Array.of(0, joy), quality: 1 },
});
const row = (id: string, label?: string): Row => ({ id, ...(label === undefined ? {} : { label }), extra: {} });

test("opinions of one row meet, and rows without a label that the experts know are left out", () => {
  const [first, second, unknown, bare] = [row("1", "joy"), row("2", "anger"), row("3", "disgust"), row("4")];
  const rows = poolRows({
    text: [{ answers: [said(first, 3), said(unknown, 1)] }, { answers: [said(second, 3), said(bare, 1)] }],
    face: [{ answers: [said(second, -9)] }],
    speech: [],
  });
  expect(rows.map(({ truth, members }) => [truth, Object.keys(members)])).toEqual([
    ["joy", ["text"]],
    ["anger", ["text", "face"]],
  ]);
  expect(poolAccuracy(rows, {}, ["text"])).toBe(0.5);
  expect(poolAccuracy(rows, {}, ["text", "face"])).toBe(1);
  expect(poolAccuracy(rows, {}, ["face"])).toBe(1);
  expect(poolAccuracy(rows, {}, ["speech"])).toBeNull();
});

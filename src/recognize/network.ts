/** A model file opened: rows of features in, logits out, in micro-batches. */
import { AffektError } from "../core/errors.ts";
import type { Runtime, Session, SessionOptions } from "../core/ports.ts";
import { floats, type Tensor } from "../core/tensor.ts";
import { columnSize } from "./columns.ts";
import type { Contract } from "./contract.ts";
import type { Opinion } from "./opinion.ts";

/** Rows per run of the network: enough to keep the processor busy, few enough to keep memory flat. */
export const MICRO_BATCH = 32;

/** What the network said of one of the contract's columns. */
interface ColumnLogits {
  /** `[rows, size]`, row-major. */
  readonly data: Float32Array;
  readonly size: number;
}

/** What the network said of some rows. */
export interface Logits {
  /** `[rows, labels]`, row-major. */
  readonly data: Float32Array;
  readonly rows: number;
  readonly labels: number;
  /** `[rows, modalities]`: share of each, where the contract names such an output. */
  readonly weights?: Float32Array;
  /** Of the contract's columns, in its order, where it has any. */
  readonly columns?: readonly ColumnLogits[];
}

export interface Network {
  /**
   * @param rows how many rows there are
   * @param feed the inputs of the rows from `start` up to `end`
   * @throws AffektError `contract` if the network answers another number of labels, or of values of a column, than its
   *   contract names
   */
  run(rows: number, feed: (start: number, end: number) => Readonly<Record<string, Tensor>>): Promise<Logits>;
  close(): Promise<void>;
}

function checkNames(contract: Contract, session: Session): void {
  const wanted: string[] = Object.values(contract.input.inputs).filter((name) => name !== undefined);
  const outputs: string[] = [
    ...Object.values(contract.outputs).filter((name) => name !== undefined),
    ...(contract.columns ?? []).map(({ output }) => output),
  ];
  const missing = [
    ...wanted.filter((name) => !session.inputs.includes(name)).map((name) => `input ${name}`),
    ...outputs.filter((name) => !session.outputs.includes(name)).map((name) => `output ${name}`),
    ...session.inputs.filter((name) => !wanted.includes(name)).map((name) => `a contract for its input ${name}`),
  ];
  if (missing.length === 0) return;
  throw new AffektError(
    "contract",
    `The network of ${contract.id} lacks ${missing.join(", ")}; it has the inputs ${session.inputs.join(", ")} and the outputs ${session.outputs.join(", ")}.`,
    "Export the model again, so that network and contract fit.",
  );
}

/** @throws AffektError `contract` unless there are `size` numbers for each row */
function checked({ id }: Contract, answer: Float32Array, rows: number, size: number, what: string): Float32Array {
  if (answer.length === rows * size) return answer;
  throw new AffektError(
    "contract",
    `The network of ${id} answered ${answer.length} numbers for ${rows} rows; its contract names ${size} ${what}.`,
    "Export the model again, so that network and contract fit.",
  );
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** @throws AffektError `model` if the runtime cannot open the bytes, `contract` if inputs or outputs are misnamed */
export async function openNetwork(
  runtime: Runtime,
  bytes: Uint8Array,
  contract: Contract,
  options: SessionOptions = {},
): Promise<Network> {
  const session = await runtime.open(bytes, options);
  checkNames(contract, session);
  const labels = contract.labels.length;
  const { logits: output, weights } = contract.outputs;
  const heads = (contract.columns ?? []).map((column) => ({ ...column, size: columnSize(column) }));
  return {
    async run(rows, feed) {
      const data = new Float32Array(rows * labels);
      const shares: Float32Array[] = [];
      const columns = heads.map((head) => ({ ...head, data: new Float32Array(rows * head.size) }));
      const wanted = {
        [output]: null,
        ...(weights === undefined ? {} : { [weights]: null }),
        ...Object.fromEntries(heads.map(({ output: name }) => [name, null])),
      };
      for (let start = 0; start < rows; start += MICRO_BATCH) {
        const end = Math.min(rows, start + MICRO_BATCH);
        const answers = await session.run(feed(start, end), wanted);
        const answer = floats(answers[output], output);
        if (weights !== undefined) shares.push(floats(answers[weights], weights));
        data.set(checked(contract, answer, end - start, labels, "labels"), start * labels);
        for (const { output: name, size, field, data: said } of columns) {
          const own = floats(answers[name], name);
          said.set(checked(contract, own, end - start, size, `values of ${field}`), start * size);
        }
      }
      return {
        data,
        rows,
        labels,
        ...(weights === undefined ? {} : { weights: joined(shares) }),
        ...(columns.length === 0 ? {} : { columns: columns.map(({ data: said, size }) => ({ data: said, size })) }),
      };
    },
    close: () => session.release(),
  };
}

/**
 * Mean of groups of rows: windows of one text, mirrored views of one face, windows of one utterance.
 *
 * @param groups of each row, in [0, count); every group has a row
 * @param weights of each row; default 1
 */
export function meanOfGroups(
  { data, labels, columns }: Logits,
  groups: readonly number[],
  count: number,
  weights?: readonly number[],
): Logits {
  const totals = new Float64Array(count);
  for (const [row, group] of groups.entries()) totals[group] = (totals[group] as number) + (weights?.[row] ?? 1);
  const mean = (values: Float32Array, size: number): Float32Array => {
    const out = new Float32Array(count * size);
    for (const [row, group] of groups.entries()) {
      const share = (weights?.[row] ?? 1) / (totals[group] as number);
      for (let column = 0; column < size; column++) {
        const at = group * size + column;
        out[at] = (out[at] as number) + share * (values[row * size + column] as number);
      }
    }
    return out;
  };
  return {
    data: mean(data, labels),
    rows: count,
    labels,
    ...(columns ? { columns: columns.map((own) => ({ ...own, data: mean(own.data, own.size) })) } : {}),
  };
}

/** What the network said of one row. */
export type RowAnswer = Pick<Opinion, "logits" | "columns">;

export function rowAnswer({ data, labels, columns }: Logits, row: number): RowAnswer {
  const own = (values: Float32Array, size: number): Float32Array => values.slice(row * size, (row + 1) * size);
  return {
    logits: own(data, labels),
    ...(columns ? { columns: columns.map((column) => own(column.data, column.size)) } : {}),
  };
}

/** Whether a model is asked for its steps (sequence.ts) in place of its answers. */
export function givesSteps({ outputs }: Contract): boolean {
  return outputs.sequence === outputs.logits;
}

/** Of each group of windows: the mean of what the network said; of a sequence, one after another. */
export function answersOfGroups(
  contract: Contract,
  logits: Logits,
  groups: readonly number[],
  count: number,
  weights?: readonly number[],
): RowAnswer[] {
  const { data, labels } = logits;
  if (givesSteps(contract)) {
    const windows: number[][] = Array.from({ length: count }, () => []);
    for (const [row, group] of groups.entries()) windows[group]?.push(row);
    return windows.map((rows) => {
      const out = new Float32Array(rows.length * labels);
      for (const [at, row] of rows.entries()) out.set(data.subarray(row * labels, (row + 1) * labels), at * labels);
      return { logits: out };
    });
  }
  const means = meanOfGroups(logits, groups, count, weights);
  return Array.from({ length: count }, (_, group) => rowAnswer(means, group));
}

/**
 * Further columns of the rows that a multi-task head learns along with the label: numbers such as valence, arousal or
 * sentiment, and categories such as intensity. A row may lack any of them.
 */
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import { growing } from "../../core/growing.ts";
import { float32, floats, type Tensor } from "../../core/tensor.ts";
import { categoryOf } from "../../data/category-of.ts";
import { numberOf } from "../../data/number-of.ts";
import type { Row } from "../../data/row.ts";
import { ccc } from "../../metrics/ccc.ts";
import type { ContractInput } from "../../recognize/contract.ts";
import { columnMetricName } from "../column-metric.ts";

/** Fields of `features` that name columns. */
export const FURTHER = {
  /** Further fields, numbers such as valence or sentiment, for the head `multi-task`. */
  numbers: z.array(z.string().min(1)).default([]),
  /** Further fields, categories such as intensity, for the head `multi-task`. */
  categories: z.array(z.string().min(1)).default([]),
};

interface FurtherColumn {
  /** Field of the rows. */
  readonly field: string;
  /** Of the task, and of the graph's output. */
  readonly task: string;
  /** Of a number, over the training rows that have one. */
  readonly scale?: { readonly mean: number; readonly deviation: number };
  /** Of a category, sorted: those of the training rows. */
  readonly values?: readonly string[];
}

/** Which columns are learnt along, and what rows hold of them. */
export interface Further {
  readonly columns: readonly FurtherColumn[];
  /** Numbers that `targets` gives a row. */
  readonly width: number;
  /**
   * `[rows, width]`: of each column its standardized number or a one-hot vector, and then for each column 1 where the
   * row has it.
   */
  targets(rows: readonly Row[]): Float32Array;
}

/** Outputs of its task. */
export const sizeOf = ({ values }: FurtherColumn): number => values?.length ?? 1;

/** Learns which columns there are from training rows that nobody holds: they pass by once. */
export interface FurtherCollector {
  see(row: Pick<Row, "extra">): void;
  /** @throws AffektError `data` if no row has a number, or fewer than two values of a category occur */
  finish(): Further;
}

export interface FurtherFields {
  readonly numbers: readonly string[];
  readonly categories: readonly string[];
}

export function furtherCollector({ numbers, categories }: FurtherFields): FurtherCollector {
  const known = numbers.map((field) => ({ field, found: growing((length) => new Float64Array(length)) }));
  const values = categories.map((field) => ({ field, found: new Set<string>() }));
  const nothing = (field: string, wanted: string) =>
    new AffektError(
      "data",
      `The training rows have ${wanted} in the field ${field}.`,
      "Check the field's name, or leave it out of features.",
    );
  return {
    see({ extra }) {
      for (const { field, found } of known) {
        const value = numberOf(extra[field]);
        if (value !== undefined) found.push(value);
      }
      for (const { field, found } of values) {
        const value = categoryOf(extra[field]);
        if (value !== undefined) found.add(value);
      }
    },
    finish: () =>
      furtherOver([
        ...known.map(({ field, found }, at): FurtherColumn => {
          const all = found.all();
          if (all.length === 0) throw nothing(field, "no number");
          const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
          const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
          return { field, task: `number-${at + 1}`, scale: { mean, deviation: Math.sqrt(variance) || 1 } };
        }),
        ...values.map(({ field, found }, at): FurtherColumn => {
          if (found.size < 2) throw nothing(field, `${found.size === 0 ? "no" : "only one"} value`);
          return { field, task: `category-${at + 1}`, values: [...found].sort() };
        }),
      ]),
  };
}

/** @throws AffektError `data` */
export function furtherColumns(training: readonly Row[], fields: FurtherFields): Further {
  const collector = furtherCollector(fields);
  for (const row of training) collector.see(row);
  return collector.finish();
}

function furtherOver(columns: readonly FurtherColumn[]): Further {
  const size = columns.reduce((sum, column) => sum + sizeOf(column), 0);
  const width = size + columns.length;
  return {
    columns,
    width,
    targets(rows) {
      const out = new Float32Array(rows.length * width);
      for (const [row, { extra }] of rows.entries()) {
        let at = row * width;
        for (const [index, column] of columns.entries()) {
          const { field, scale: units, values } = column;
          const number = units && numberOf(extra[field]);
          const place = values?.indexOf(categoryOf(extra[field]) ?? "") ?? -1;
          if (units && number !== undefined) out[at] = (number - units.mean) / units.deviation;
          if (place >= 0) out[at + place] = 1;
          if (number !== undefined || place >= 0) out[row * width + size + index] = 1;
          at += sizeOf(column);
        }
      }
      return out;
    },
  };
}

/** Targets of a batch, of labels and of further columns side by side, so that they are mixed alike. */
export function targetBuffers(batch: number, labels: number, width: number) {
  const packed = new Float32Array(batch * (labels + width));
  const targets = new Float32Array(batch * labels);
  const further = new Float32Array(batch * width);
  return {
    packed,
    feeds: {
      targets: float32(targets, [batch, labels]),
      ...(width > 0 ? { further: float32(further, [batch, width]) } : {}),
    },
    /** Puts the targets of a row at its place. */
    place(slot: number, label: ArrayLike<number>, own: ArrayLike<number> | undefined): void {
      packed.set(label, slot * (labels + width));
      if (own) packed.set(own, slot * (labels + width) + labels);
    },
    /** Hands what was placed, and perhaps mixed, to the feeds. */
    flush(): void {
      for (let slot = 0; slot < batch; slot++) {
        const from = slot * (labels + width);
        targets.set(packed.subarray(from, from + labels), slot * labels);
        further.set(packed.subarray(from + labels, from + labels + width), slot * width);
      }
    },
  };
}

/** What the network says of further columns, by task, `[rows, columns]`. */
export type Answers = Map<string, Float32Array>;

/** What a contract says of the columns that the model answers beside its label. */
export function columnsInContract(further: Further | undefined): Pick<ContractInput, "columns"> {
  if (further === undefined || further.columns.length === 0) return {};
  return {
    columns: further.columns.map(({ field, task: output, scale: units, values }) => ({
      field,
      output,
      ...(units ? { ...units } : {}),
      ...(values ? { values: [...values] } : {}),
    })),
  };
}

/** Adds a run's answers at their rows; a row that was seen in several windows or views has the mean of them. */
export function addAnswers(
  answers: Answers,
  result: Readonly<Record<string, Tensor>>,
  further: Further | undefined,
  rows: number,
  placed: readonly { readonly row: number; readonly share: number }[],
): void {
  for (const column of further?.columns ?? []) {
    const size = sizeOf(column);
    const into = answers.get(column.task) ?? new Float32Array(rows * size);
    answers.set(column.task, into);
    const said = floats(result[column.task], column.task);
    for (const [slot, { row, share }] of placed.entries()) {
      for (let at = 0; at < size; at++) {
        into[row * size + at] = (into[row * size + at] as number) + share * (said[slot * size + at] as number);
      }
    }
  }
}

/**
 * Concordance of numbers and accuracy of categories, on the rows that have them: `valence ccc`, `intensity accuracy`.
 *
 * @param targets `[rows, width]`
 */
export function furtherMetrics(
  { columns, width }: Pick<Further, "columns" | "width"> = { columns: [], width: 0 },
  targets: Float32Array = new Float32Array(0),
  answers: Answers = new Map(),
): Record<string, number> {
  const rows = width === 0 ? 0 : targets.length / width;
  const metrics: Record<string, number> = {};
  let first = 0;
  for (const [index, column] of columns.entries()) {
    const size = sizeOf(column);
    const said = answers.get(column.task) ?? new Float32Array(rows * size);
    const [truth, predicted]: [number[], number[]] = [[], []];
    for (let row = 0; row < rows; row++) {
      if (targets[(row + 1) * width - columns.length + index] !== 1) continue;
      const wanted = targets.subarray(row * width + first, row * width + first + size);
      const own = said.subarray(row * size, (row + 1) * size);
      truth.push(column.values === undefined ? (wanted[0] as number) : wanted.indexOf(1));
      predicted.push(column.values === undefined ? (own[0] as number) : own.indexOf(Math.max(...own)));
    }
    first += size;
    if (truth.length === 0) continue;
    const { field } = column;
    if (column.values === undefined) metrics[columnMetricName({ field, metric: "ccc" })] = ccc(truth, predicted);
    else {
      const right = truth.filter((value, at) => value === predicted[at]).length;
      metrics[columnMetricName({ field, metric: "accuracy" })] = right / truth.length;
    }
  }
  return metrics;
}

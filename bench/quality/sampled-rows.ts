/** Rows that the shipped models were not trained on, decoded: as many as a benchmark asks for, evenly spread. */
import type { Picture, Waveform } from "../../src/core/media.ts";
import type { Settled } from "../../src/core/settled.ts";
import { prepareDataset } from "../../src/data/prepare.ts";
import type { Row } from "../../src/data/row.ts";
import { evenlySpread } from "../../src/evaluate/analysis/evenly-spread.ts";
import { type RowContent, rowMedia } from "../../src/evaluate/row-media.ts";
import { openDecoding } from "../../src/platform/node/decoding.ts";
import { nodeFiles } from "../../src/platform/node/files.ts";
import { grey } from "../../src/preprocess/face/grey.ts";
import { toEkman } from "../../src/recognize/answer.ts";

interface Labelled<T> {
  readonly input: T;
  readonly label: string;
}

const RATE = 16_000;

type Wanted = Parameters<ReturnType<typeof rowMedia>["of"]>[1];

/** Where nothing is chosen by the rows, those of the test; else those of the validation. */
export type HeldOut = "validation" | "test";

async function rowsOf(root: string, dataset: string, most: number, split: HeldOut, keep: (row: Row) => boolean) {
  const { manifest } = await prepareDataset(dataset, nodeFiles(), { root });
  const rows = manifest.rows.filter((row) => (row.split ?? "test") === split && keep(row));
  return { manifest, rows: evenlySpread(rows, most) };
}

/** Texts with one label each. */
export async function textRows(
  root: string,
  dataset: string,
  most: number,
  split: HeldOut = "test",
): Promise<Labelled<string>[]> {
  const { rows } = await rowsOf(
    root,
    dataset,
    most,
    split,
    ({ label, labels }) => label !== undefined || labels?.length === 1,
  );
  return rows.map(({ text = "", label, labels }) => ({ input: text, label: toEkman(label ?? labels?.[0] ?? "") }));
}

/** Media of rows, decoded in processes beside this one. @throws AffektError of the first that cannot be read */
async function contents(base: string, rows: readonly Row[], wanted: Wanted): Promise<RowContent[]> {
  const decoding = openDecoding(rows.length);
  try {
    const found: RowContent[] = [];
    for await (const content of rowMedia({ base }, decoding.reader).of(rows, wanted)) found.push(content);
    return found;
  } finally {
    decoding.close();
  }
}

function valueOf<T>(settled: Settled<T> | undefined): T {
  if (settled === undefined) throw new Error("a test row has no such medium");
  if ("error" in settled) throw settled.error;
  return settled.value;
}

/** Crops of faces, 48 × 48 grey, by default of FER2013 and those that do not also stand in training. */
export async function faceRows(
  root: string,
  most: number,
  {
    unseen = true,
    split = "test",
    dataset = "fer2013",
  }: { readonly unseen?: boolean; readonly split?: HeldOut; readonly dataset?: "fer2013" | "ferplus" } = {},
): Promise<Labelled<Picture>[]> {
  const { manifest, rows } = await rowsOf(root, dataset, most, split, ({ extra }) => !unseen || extra.inTrain !== true);
  const read = await contents(manifest.base, rows, { pictures: true });
  return rows.map(({ label = "" }, at) => ({ input: grey(valueOf(read[at]?.picture)), label: toEkman(label) }));
}

/** Sounds at 16 kHz: by default the speakers of RAVDESS that the shipped model was not trained on. */
export async function soundRows(
  root: string,
  most: number,
  { dataset = "ravdess", split = "test" }: { readonly dataset?: string; readonly split?: HeldOut } = {},
): Promise<Labelled<Waveform>[]> {
  const { manifest, rows } = await rowsOf(root, dataset, most, split, () => true);
  const read = await contents(manifest.base, rows, { sampleRate: RATE });
  return rows.map(({ label = "" }, at) => ({ input: valueOf(read[at]?.sound), label: toEkman(label) }));
}

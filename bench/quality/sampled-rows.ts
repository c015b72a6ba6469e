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
  { split = "test", keep = () => true }: { readonly split?: HeldOut; readonly keep?: (row: Row) => boolean } = {},
): Promise<Labelled<Waveform>[]> {
  return sounds(await rowsOf(root, "ravdess", most, split, keep));
}

async function sounds({ manifest, rows }: Awaited<ReturnType<typeof rowsOf>>): Promise<Labelled<Waveform>[]> {
  const inputs = await soundsOf(manifest.base, rows);
  return rows.map(({ label = "" }, at) => ({ input: inputs[at] as Waveform, label: toEkman(label) }));
}

/** The sounds of rows at 16 kHz. @param base folder that their paths are relative to */
export async function soundsOf(base: string, rows: readonly Row[]): Promise<Waveform[]> {
  const read = await contents(base, rows, { sampleRate: RATE });
  return rows.map((_, at) => valueOf(read[at]?.sound));
}

/**
 * Recorded sounds of ESC-10 at 16 kHz, one half of the recordings: the shipped speech model was fitted among the first, and
 * is measured among the other. Takes of one recording (`-A`, `-B`, …) stay together.
 */
export async function noiseRows(root: string, half: "fitted" | "unheard"): Promise<Labelled<Waveform>[]> {
  const { manifest, rows } = await rowsOf(root, "esc10_noise", Number.POSITIVE_INFINITY, "test", () => true);
  const recordingOf = ({ id }: Row): string => id.replace(/-[A-Z]$/u, "");
  const recordings = [...new Set(rows.map(recordingOf))];
  const rest = half === "fitted" ? 0 : 1;
  return sounds({ manifest, rows: rows.filter((row) => recordings.indexOf(recordingOf(row)) % 2 === rest) });
}

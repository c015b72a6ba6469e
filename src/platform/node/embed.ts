/**
 * Rows of media to rows of embeddings, once and for all: what a model makes of a text, a face or a voice is kept by the
 * content that it was made of, so that another manifest with the same content finds it. So are the steps that it read it
 * in, where sequences are wanted.
 */
import { createHash } from "node:crypto";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import type { WritableFiles } from "../../core/ports.ts";
import { contentNames } from "../../data/content-name.ts";
import type { Manifest } from "../../data/manifest.ts";
import { joinPath, relativePath } from "../../data/paths.ts";
import { writeManifest } from "../../data/prepare.ts";
import type { Row } from "../../data/row.ts";
import { npyBytes } from "../../data/write-npy.ts";
import { type Asked, isFaceCrop } from "../../evaluate/ask.ts";
import { embeddingContract } from "../../recognize/embedding.ts";
import type { Opinion } from "../../recognize/opinion.ts";
import { inSteps, sequenceContract } from "../../recognize/sequence.ts";
import { KEPT_EVERY, keepArrays, keptArrays } from "../../train/kept-arrays.ts";
import { askSounds } from "./ask-sounds.ts";
import type { ModelFile } from "./open.ts";
import type { AskModelOptions } from "./open-expert.ts";

const FIELD = { text: "text", face: "image", speech: "audio" } as const satisfies Record<Modality, keyof Row>;

export interface EmbedPorts {
  readonly files: WritableFiles;
  /** `askModel`, or a stand-in; not asked about sound. */
  readonly ask: (
    model: ModelFile,
    rows: readonly Row[],
    manifest: Manifest,
    options: AskModelOptions,
  ) => Promise<Asked<Opinion>>;
  /** Folder where embeddings are kept, a folder per model. */
  readonly cacheFolder: string;
  /**
   * What a speech model with `normalization: "speaker"` is normalized by: all clips of the manifest with the same
   * subject, whose labels nobody looks at (to be said beside a number), or each clip by itself. Default `clip`.
   */
  readonly statistics?: "subject" | "clip";
  /** Sequences in place of vectors, in at most so many steps; infinite: in as many as the longest has. */
  readonly steps?: number;
  readonly onProgress?: (modality: Modality, done: number, total: number) => void;
}

/** What was done for one modality. */
export interface EmbedReport {
  readonly modality: Modality;
  readonly model: string;
  /** Numbers of a vector. */
  readonly dim: number;
  /** Of a sequence, padding included. */
  readonly steps?: number;
  /** Rows with an embedding. */
  readonly rows: number;
  /** Contents that were new; the others were known. */
  readonly computed: number;
  /** Rows that the model cannot read, or whose medium is missing. */
  readonly skipped: number;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The text itself, or where the medium is. */
function located(row: Row, modality: Modality): string {
  return row[FIELD[modality]] as string;
}

/**
 * A name for what a model sees of a row: of a text itself; of a medium the bytes of its file and the part of it, and
 * whether a face is looked for in it.
 */
function rowNames(manifest: Manifest, modality: Modality, files: WritableFiles): (row: Row) => Promise<string> {
  const nameOf = contentNames(files, sha256);
  return async (row) => {
    const value = located(row, modality);
    if (modality === "text") return sha256(value);
    const name = await nameOf(joinPath(manifest.base, value));
    return modality === "face" && isFaceCrop(row) ? sha256(`${name} crop`) : name;
  };
}

/** Names of the rows' content, made different where the other clips of the speaker are. */
function withSpeakers(rows: readonly Row[], names: ReadonlyMap<string, string>): Map<string, string> {
  const company = new Map<string, Set<string>>();
  for (const { id, subject = "" } of rows) {
    company.set(subject, (company.get(subject) ?? new Set()).add(names.get(id) as string));
  }
  const spoken = new Map([...company].map(([subject, all]) => [subject, sha256([...all].sort().join())] as const));
  return new Map(
    rows.map(({ id, subject }) => {
      const name = names.get(id) as string;
      return [id, subject === undefined ? name : sha256(`${name}${spoken.get(subject)}`)];
    }),
  );
}

/** Rows that are asked about together: so many, or all of a speaker. */
function batches(rows: readonly Row[], bySpeaker: boolean): Row[][] {
  const out = new Map<string | number | undefined, Row[]>();
  for (const [at, row] of rows.entries()) {
    const key = bySpeaker ? row.subject : Math.floor(at / KEPT_EVERY);
    const own = out.get(key);
    if (own) own.push(row);
    else out.set(key, [row]);
  }
  return [...out.values()];
}

async function embedModality(
  manifest: Manifest,
  modality: Modality,
  model: ModelFile,
  { files, ask, cacheFolder, onProgress, statistics = "clip", steps }: EmbedPorts,
): Promise<{ found: Map<string, Float32Array>; report: EmbedReport }> {
  const bytes = await files.readBytes(model.path);
  const sequences = steps === undefined ? undefined : sequenceContract(model.contract, bytes);
  const contract = sequences?.contract ?? embeddingContract(model.contract, bytes);
  const opened = { path: model.path, ...(sequences?.bytes === undefined ? {} : { bytes: sequences.bytes }) };
  // What n-grams say of a text goes past the embedding, straight into the answer; elsewhere it follows from it.
  const answers = modality === "text" && sequences === undefined;
  // Under the name `answered` lie embeddings that denials had been taken out of as if they were answers, under
  // `sequences` the windows of sounds as the network hears them, with what it hears twice, and under `steps` also texts
  // without those of their steps that are all zeros.
  const stepsKind = modality === "text" ? "read-steps" : "steps";
  const kind = sequences ? stepsKind : answers ? "read-answered" : "embeddings";
  const cache = `${cacheFolder}/${kind}-${(await files.sha256(model.path)).slice(0, 24)}`;
  const rows = manifest.rows.filter((row) => row[FIELD[modality]] !== undefined);
  const bySpeaker =
    statistics === "subject" && contract.modality === "speech" && contract.input.normalization === "speaker";
  const nameOf = rowNames(manifest, modality, files);
  const contents = new Map<string, string>();
  let lost: AffektError | undefined;
  for (const row of rows) {
    try {
      contents.set(row.id, await nameOf(row));
    } catch (cause) {
      if (!(cause instanceof AffektError && cause.code === "file")) throw cause;
      lost ??= cause;
    }
  }
  // One file of many may be gone; where none is there, the path is wrong.
  if (contents.size === 0 && lost !== undefined) throw lost;
  const readable = rows.filter(({ id }) => contents.has(id));
  const names = bySpeaker ? withSpeakers(readable, contents) : contents;
  const asking = new Set(names.values());
  const known = await keptArrays(files, cache, (name) => asking.has(name));
  const wanted = new Map<string, Row>();
  for (const row of readable) {
    const name = names.get(row.id) as string;
    if (!known.has(name)) wanted.set(name, row);
  }
  // Parts of one picture follow each other, so that it is decoded once.
  const inOrder = [...wanted.values()].toSorted((a, b) => (located(a, modality) < located(b, modality) ? -1 : 1));
  let done = 0;
  const made = new Map<string, Float32Array>();
  for (const part of batches(inOrder, bySpeaker)) {
    const asked =
      contract.modality === "speech"
        ? await askSounds({ ...opened, contract }, part, manifest, statistics)
        : await ask({ ...opened, contract }, part, manifest, {});
    const said = answers ? (await ask(model, part, manifest, {})).answers : [];
    for (const [at, { row, answer }] of asked.answers.entries()) {
      const embedding = sequences
        ? sequences.stepsOf(answer)
        : Float32Array.of(...answer.logits, ...(said[at]?.answer.logits ?? []));
      made.set(names.get(row.id) as string, embedding);
    }
    done += part.length;
    onProgress?.(modality, done, inOrder.length);
    // Speakers may have few clips each.
    if (made.size < KEPT_EVERY && done < inOrder.length) continue;
    await keepArrays(files, cache, made, sha256);
    for (const [name, embedding] of made) known.set(name, embedding);
    made.clear();
  }
  const found = new Map<string, Float32Array>();
  for (const { id } of readable) {
    const embedding = known.get(names.get(id) as string);
    if (embedding) found.set(id, sequences && steps ? inSteps(embedding, sequences.dim, steps) : embedding);
  }
  const dim = sequences?.dim ?? contract.labels.length + (answers ? model.contract.labels.length : 0);
  const skipped = rows.length - found.size;
  const longest = [...found.values()].reduce((most, { length }) => Math.max(most, length / dim), 1);
  const length = modality === "face" || steps === Number.POSITIVE_INFINITY ? longest : steps;
  const report = {
    modality,
    model: model.contract.id,
    dim,
    ...(steps === undefined || length === undefined ? {} : { steps: length }),
    rows: found.size,
    computed: wanted.size,
    skipped,
  };
  return { found, report };
}

/**
 * Writes `<out>/<modality>.npy` (embeddings; of texts embedding and logits side by side; or sequences `[rows, steps, dim]`,
 * padded with zeros) and `<out>/embedded.jsonl`, whose rows have features beside their media.
 *
 * @param models one per modality at most; modalities without one get no features
 * @throws AffektError `contract` if a model has no embedding or no steps; `file`, `model`
 */
export async function embedManifest(
  manifest: Manifest,
  models: readonly ModelFile[],
  out: string,
  ports: EmbedPorts,
): Promise<{ manifest: Manifest; reports: EmbedReport[] }> {
  const { files } = ports;
  const features = new Map<string, Record<string, string>>();
  const reports: EmbedReport[] = [];
  const folder = relativePath(files.absolute(manifest.base), files.absolute(out));
  for (const modality of MODALITIES) {
    const model = models.find(({ contract }) => contract.modality === modality);
    if (model === undefined || manifest.rows.every((row) => row[FIELD[modality]] === undefined)) continue;
    const { found, report } = await embedModality(manifest, modality, model, ports);
    reports.push(report);
    const { steps, dim } = report;
    const size = dim * (steps ?? 1);
    const matrix = new Float32Array(found.size * size);
    for (const [at, [id, embedding]] of [...found].entries()) {
      matrix.set(embedding, at * size);
      // A step may be all zeros: without its length, it could not be told from padding.
      const length = steps === undefined ? "" : `&steps=${embedding.length / dim}`;
      features.set(id, { ...features.get(id), [modality]: `${folder}/${modality}.npy#row=${at}${length}` });
    }
    await files.write(
      `${out}/${modality}.npy`,
      npyBytes(matrix, [found.size, ...(steps === undefined ? [] : [steps]), dim]),
    );
  }
  const rows = manifest.rows.flatMap((row) => {
    const own = features.get(row.id);
    return own === undefined ? [] : [{ ...row, features: { ...row.features, ...own } }];
  });
  const header = { ...manifest.header, name: `${manifest.header.name}-embedded` };
  return { manifest: await writeManifest(files, `${out}/embedded.jsonl`, { ...manifest, header, rows }), reports };
}

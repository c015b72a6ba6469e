/** The manifests that a service may train on: files in one folder, by strict names, with nothing outside the data. */
import { readdir, rm, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { AffektError } from "../../core/errors.ts";
import type { WritableFiles } from "../../core/ports.ts";
import { type CheckReport, checkManifest } from "../../data/check.ts";
import { parseLocator } from "../../data/locator.ts";
import { openManifest } from "../../data/open.ts";
import { joinPath } from "../../data/paths.ts";
import type { Row } from "../../data/row.ts";
import { writeRows } from "../../data/write.ts";

export const MANIFEST_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.(?:jsonl|csv|tsv)$/u;
/** Parts that neither begin with a dot nor leave the folder. */
export const FOLDER_NAME = /^(?:[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}\/){0,5}[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}$/u;

export interface ManifestFile {
  readonly name: string;
  readonly bytes: number;
  readonly changedAt: Date;
}

/** What is known of a manifest after every row was read. */
export interface CheckedManifest extends CheckReport {
  /** Rows per label and split; `none`: without a split. */
  readonly labels: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Rows that have something to train a modality on. */
  readonly modalities: { readonly text: number; readonly face: number; readonly speech: number };
  readonly languages: Readonly<Record<string, number>>;
  readonly subjects: number;
  /** A few rows of each label. */
  readonly examples: readonly Row[];
}

export interface ManifestShelf {
  list(): Promise<readonly ManifestFile[]>;
  /** Where it lies. @throws AffektError `not-found`; `forbidden` if a row leads out of the data folder */
  open(name: string): Promise<string>;
  check(name: string): Promise<CheckedManifest>;
  /** @throws AffektError `conflict` if there is one of this name */
  add(name: string, content: string): Promise<void>;
  /** From class folders within the data folder. */
  addFolder(name: string, folder: string): Promise<void>;
  remove(name: string): Promise<void>;
}

const EXAMPLES_PER_LABEL = 2;
const MOST_EXAMPLES = 24;
const PROBLEMS_KEPT = 100;

/** The language of a row that does not name one, by its script. */
export function languageOf({ language, text = "" }: Row): string {
  return language?.slice(0, 2).toLowerCase() ?? (/\p{Script=Han}/u.test(text) ? "zh" : "en");
}

function modalityCounts(row: Row): readonly (keyof CheckedManifest["modalities"])[] {
  return [
    ...(row.text === undefined ? [] : (["text"] as const)),
    ...(row.image === undefined ? [] : (["face"] as const)),
    ...(row.audio === undefined ? [] : (["speech"] as const)),
  ];
}

/** @param dataDir absolute */
export function createManifestShelf(dataDir: string, files: WritableFiles): ManifestShelf {
  const folder = join(dataDir, "manifests");
  const inside = (path: string): boolean => path.startsWith(`${dataDir}${sep}`);

  async function place(name: string): Promise<string> {
    const path = join(folder, name);
    if (MANIFEST_NAME.test(name) && (await files.exists(path))) return path;
    throw new AffektError("not-found", "There is no such manifest.", "See GET /v1/manifests.");
  }

  async function free(name: string): Promise<string> {
    const path = join(folder, name);
    if (!(await files.exists(path))) return path;
    throw new AffektError("conflict", `There is a manifest ${name} already.`, "Choose another name, or delete it.");
  }

  /** @throws AffektError `forbidden` */
  function assertInside({ image, audio, video, features = {} }: Row, base: string): void {
    for (const locator of [image, audio, video, ...Object.values(features)]) {
      if (locator === undefined || inside(files.absolute(joinPath(base, parseLocator(locator).path)))) continue;
      throw new AffektError(
        "forbidden",
        "A row names a file outside the data folder of this service.",
        "Put the media into the data folder, and name them relative to the manifest.",
      );
    }
  }

  async function open(name: string): Promise<string> {
    const path = await place(name);
    const { base, rows } = await openManifest(files, path);
    for await (const read of rows()) if ("row" in read) assertInside(read.row, base);
    return path;
  }

  return {
    open,
    async list() {
      const names = (await readdir(folder).catch(() => [])).filter((name) => MANIFEST_NAME.test(name)).sort();
      return Promise.all(
        names.map(async (name) => {
          const { size, mtime } = await stat(join(folder, name));
          return { name, bytes: size, changedAt: mtime };
        }),
      );
    },
    async check(name) {
      const path = await open(name);
      const report = await checkManifest(files, path, { keep: PROBLEMS_KEPT });
      const labels: Record<string, Record<string, number>> = {};
      const modalities = { text: 0, face: 0, speech: 0 };
      const languages: Record<string, number> = {};
      const subjects = new Set<string>();
      const examples: Row[] = [];
      for await (const read of (await openManifest(files, path)).rows()) {
        if (!("row" in read)) continue;
        const { row } = read;
        for (const modality of modalityCounts(row)) modalities[modality]++;
        if (row.text !== undefined) languages[languageOf(row)] = (languages[languageOf(row)] ?? 0) + 1;
        if (row.subject !== undefined) subjects.add(row.subject);
        if (row.label === undefined) continue;
        const counts = (labels[row.label] ??= {});
        const before = Object.values(counts).reduce((sum, count) => sum + count, 0);
        if (before < EXAMPLES_PER_LABEL && examples.length < MOST_EXAMPLES) examples.push(row);
        const split = row.split ?? "none";
        counts[split] = (counts[split] ?? 0) + 1;
      }
      return { ...report, labels, modalities, languages, subjects: subjects.size, examples };
    },
    async add(name, content) {
      const path = await free(name);
      await files.write(path, content);
      try {
        await open(name);
      } catch (cause) {
        await rm(path, { force: true });
        throw cause;
      }
    },
    async addFolder(name, from) {
      const path = await free(name);
      const source = join(dataDir, from);
      if (!FOLDER_NAME.test(from) || !inside(source) || !(await stat(source).catch(() => undefined))?.isDirectory()) {
        throw new AffektError("not-found", "There is no such folder in the data folder.", "Put class folders there.");
      }
      const { header, base, rows } = await openManifest(files, source);
      async function* good(): AsyncGenerator<Row> {
        for await (const read of rows()) if ("row" in read) yield read.row;
      }
      await writeRows(files, path, { header: { ...header, name: name.replace(/\.\w+$/u, "") }, base, rows: good() });
    },
    async remove(name) {
      await rm(await place(name));
    },
  };
}

/**
 * Trimodal rows from three unimodal corpora: a text, a face and a voice that express the same label are put side by
 * side. The three come from different people and moments, so the pairing is artificial: nothing in one channel depends
 * on another but through the label, which makes fusion easier than on people who were recorded in all three at once.
 * Every row says so.
 */
import { AffektError } from "../core/errors.ts";
import { ekmanLabel } from "../core/labels.ts";
import { MODALITIES, type Modality } from "../core/modality.ts";
import { random, shuffle } from "../core/random.ts";
import { carriedColumns } from "./carried-columns.ts";
import { caveatsOf, PAIRING_CAVEAT, PAIRING_NOTE } from "./caveats.ts";
import { leakKeys } from "./leak.ts";
import type { Manifest, ManifestHeader, Terms } from "./manifest.ts";
import { joinPath } from "./paths.ts";
import { relabelRow } from "./relabel.ts";
import { type Row, SPLITS, type Split } from "./row.ts";
import { splitBySubject } from "./split.ts";

/** One manifest per modality, with an absolute `base`. */
export type ComposeSources = Readonly<Record<Modality, Manifest>>;

export interface ComposeOptions {
  readonly labels: readonly string[];
  /** Rows in all, the same number per label as far as it divides. */
  readonly count: number;
  /** Default 1. */
  readonly seed?: number;
  /** Share of all rows that are for testing. Default .2. */
  readonly testShare?: number;
  /** Share of the other rows that are for selection. Default .2. */
  readonly validationShare?: number;
}

/** What was used of one corpus. */
export interface SourceUse {
  readonly name: string;
  /** Different samples in the rows, per split. */
  readonly different: Readonly<Record<Split, number>>;
  /** How often the most used sample occurs. */
  readonly mostRepeated: number;
}

export interface ComposeReport {
  readonly rows: number;
  readonly splits: Readonly<Record<Split, number>>;
  readonly labels: Readonly<Record<string, number>>;
  readonly sources: Readonly<Record<Modality, SourceUse>>;
  /** Further columns of the rows, by the source that they come from. */
  readonly columns: Readonly<Record<Modality, readonly string[]>>;
  readonly note: string;
}

type Labelled = Row & { readonly label: string; readonly split: Split };

const FIELD = { text: "text", face: "image", speech: "audio" } as const satisfies Record<Modality, keyof Row>;

/** From the most restricting to the least. */
const RESTRICTING: readonly Terms[] = ["research", "non-commercial", "unstated", "permissive"];

function invalid(message: string, hint: string): AffektError {
  return new AffektError("data", message, hint);
}

/** Rows of the modality with exactly one of the labels, in Ekman's words where the corpus has others. */
function usableRows(manifest: Manifest, modality: Modality, labels: readonly string[]): (Row & { label: string })[] {
  const map = (name: string): string | undefined => {
    const label = labels.includes(name) ? name : ekmanLabel(name);
    return label !== undefined && labels.includes(label) ? label : undefined;
  };
  return manifest.rows.flatMap((row) => {
    if (row[FIELD[modality]] === undefined || row.distribution !== undefined || (row.labels?.length ?? 1) !== 1)
      return [];
    const found = relabelRow(row, map);
    const label = found?.label ?? found?.labels?.[0];
    if (found === undefined || label === undefined) return [];
    const { labels: _labels, ...rest } = found;
    return [{ ...rest, label }];
  });
}

/** The corpus' own splits; what it lacks is drawn by subject. */
function withSplits(
  rows: readonly (Row & { label: string })[],
  name: string,
  { seed, testShare, validationShare }: Required<Pick<ComposeOptions, "seed" | "testShare" | "validationShare">>,
): Labelled[] {
  const has = new Set(rows.map(({ split }) => split));
  if (has.has("train") && has.has("validation") && has.has("test")) {
    return rows.filter((row): row is Labelled => row.split !== undefined);
  }
  const rest = 1 - testShare;
  if (!has.has("train") && !has.has("validation") && !has.has("test")) {
    const shares = { train: rest * (1 - validationShare), validation: rest * validationShare, test: testShare };
    return splitBySubject(rows, { shares, seed }) as Labelled[];
  }
  if (has.has("train") && has.has("test")) {
    const shares = { train: 1 - validationShare, validation: validationShare };
    const training = splitBySubject(
      rows.filter(({ split }) => split === "train"),
      { shares, seed },
    );
    return [...training, ...rows.filter(({ split }) => split === "test")] as Labelled[];
  }
  throw invalid(
    `Of ${name} only ${[...has].map((split) => split ?? "rows without a split").join(" and ")} are usable.`,
    "Give its rows train and test splits, or no splits at all.",
  );
}

/** `count` things from a list in random order; none comes again before all have come. */
function drawn<T>(from: readonly T[], count: number, seed: number): T[] {
  const dice = random(seed);
  const out: T[] = [];
  while (out.length < count) out.push(...shuffle([...from], dice).slice(0, count - out.length));
  return out;
}

/** As equal parts as whole numbers can be. */
function parts(count: number, into: number): number[] {
  return Array.from({ length: into }, (_, at) => Math.floor(count / into) + (at < count % into ? 1 : 0));
}

/**
 * Samples of one modality: per split and label as many as wanted. No subject, text or medium of one split occurs in
 * another.
 */
function draw(
  rows: readonly Labelled[],
  manifest: Manifest,
  labels: readonly string[],
  wanted: Readonly<Record<Split, number>>,
  seed: number,
): Record<Split, Labelled[]> {
  const taken = new Map<string, Split>();
  const out: Record<Split, Labelled[]> = { train: [], validation: [], test: [] };
  // What is tested comes first: the others must do without what it has in common with them.
  for (const [at, split] of [...SPLITS].reverse().entries()) {
    const numbers = parts(wanted[split], labels.length);
    const keys = (row: Row): string[] => [...leakKeys(row, {})].map(([kind, value]) => `${kind}\n${value}`);
    for (const [index, label] of labels.entries()) {
      const number = numbers[index] as number;
      const candidates = rows
        .filter((row) => row.split === split && row.label === label)
        .filter((row) => keys(row).every((key) => (taken.get(key) ?? split) === split))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
      if (candidates.length === 0 && number > 0) {
        throw invalid(
          `${manifest.header.name} has no ${split} sample of ${label}.`,
          "Choose other labels, or a corpus that has them in every split.",
        );
      }
      for (const row of drawn(candidates, number, seed * 1000 + at * 100 + index)) {
        out[split].push(row);
        for (const key of keys(row)) taken.set(key, split);
      }
    }
  }
  return out;
}

/** Below the root folder, so that a manifest written anywhere can say how to get there. */
function located(manifest: Manifest, locator: string | undefined): string | undefined {
  return locator === undefined ? undefined : joinPath(manifest.base, locator).replace(/^\//u, "");
}

function useOf(name: string, rows: Readonly<Record<Split, readonly Row[]>>): SourceUse {
  const times = new Map<string, number>();
  for (const { id } of SPLITS.flatMap((split) => rows[split])) times.set(id, (times.get(id) ?? 0) + 1);
  const different = (split: Split): number => new Set(rows[split].map(({ id }) => id)).size;
  return {
    name,
    different: { train: different("train"), validation: different("validation"), test: different("test") },
    mostRepeated: Math.max(...times.values()),
  };
}

function headerOf(sources: ComposeSources, { labels, count, seed }: ComposeOptions): ManifestHeader {
  const headers = MODALITIES.map((modality) => sources[modality].header);
  return {
    name: "composed",
    version: `${count} rows, seed ${seed}`,
    labels: [...labels],
    licence: [...new Set(headers.map(({ licence }) => licence))].join("; "),
    terms: RESTRICTING.find((terms) => headers.some((header) => header.terms === terms)) ?? "unstated",
    source: `composed of ${headers.map(({ name }) => name).join(", ")}; ${PAIRING_NOTE}`,
    caveats: [...new Set([PAIRING_CAVEAT, ...caveatsOf(MODALITIES.map((modality) => sources[modality]))])],
  };
}

function checkOptions({ labels, count, testShare = 0.2, validationShare = 0.2 }: ComposeOptions): void {
  const between = (share: number): boolean => share > 0 && share < 1;
  if (new Set(labels).size !== labels.length || labels.length < 2) {
    throw new AffektError(
      "usage",
      `Expected two or more different labels; received ${labels.join(", ")}.`,
      "Name each once.",
    );
  }
  if (!(between(testShare) && between(validationShare))) {
    throw new AffektError(
      "usage",
      `The shares ${testShare} and ${validationShare} must lie between 0 and 1.`,
      "Use 0.2 and 0.2.",
    );
  }
  if (!Number.isInteger(count) || count * (1 - testShare) * Math.min(validationShare, testShare) < labels.length) {
    throw new AffektError(
      "usage",
      `${count} rows are too few for ${labels.length} labels in three splits.`,
      "Ask for more rows.",
    );
  }
}

/**
 * Pairs samples of the same label. Subjects, texts and media of one split occur in no other; where a corpus has too few
 * samples of a label, they come more than once, each time with other partners. `subject` is the speaker, or where the
 * corpus names none the person on the picture. Further columns of the sources are carried over (`carriedColumns`).
 *
 * @returns rows whose locators start at the root folder, for `writeManifest` to make relative to the manifest
 * @throws AffektError `usage` for wrong options; `data` if a corpus lacks a label in a split, or two columns would
 *   have one name
 */
export function compose(
  sources: ComposeSources,
  options: ComposeOptions,
): { manifest: Manifest; report: ComposeReport } {
  const { labels, count, seed = 1, testShare = 0.2, validationShare = 0.2 } = options;
  checkOptions(options);
  const test = Math.round(count * testShare);
  const validation = Math.round((count - test) * validationShare);
  const wanted = { train: count - test - validation, validation, test };
  const of = (modality: Modality, at: number): Record<Split, Labelled[]> => {
    const manifest = sources[modality];
    const usable = usableRows(manifest, modality, labels);
    const rows = withSplits(usable, manifest.header.name, { seed, testShare, validationShare });
    return draw(rows, manifest, labels, wanted, seed * 10 + at);
  };
  const [text, face, speech] = [of("text", 0), of("face", 1), of("speech", 2)];
  const carried = carriedColumns({ text: sources.text.rows, face: sources.face.rows, speech: sources.speech.rows });
  const ids = new Map<string, number>();
  const rows: Row[] = SPLITS.flatMap((split) =>
    text[split].map((said, at): Row => {
      const [shown, heard] = [face[split][at] as Labelled, speech[split][at] as Labelled];
      const name = [said.id, shown.id, heard.id].join("+");
      const times = (ids.get(name) ?? 0) + 1;
      ids.set(name, times);
      const subject = heard.subject ?? shown.subject ?? said.subject;
      const hashes = { image: shown.sha256?.image, audio: heard.sha256?.audio };
      const known = Object.fromEntries(Object.entries(hashes).filter(([, hash]) => hash !== undefined));
      return {
        id: times === 1 ? name : `${name}+${times}`,
        ...(subject === undefined ? {} : { subject }),
        ...(said.text === undefined ? {} : { text: said.text }),
        image: located(sources.face, shown.image) as string,
        audio: located(sources.speech, heard.audio) as string,
        label: said.label,
        split,
        ...(said.language === undefined ? {} : { language: said.language }),
        ...(Object.keys(known).length === 0 ? {} : { sha256: known as Record<string, string> }),
        extra: {
          ...carried.of({ text: said, face: shown, speech: heard }),
          parts: { text: said.id, face: shown.id, speech: heard.id },
          subjects: { text: said.subject ?? null, face: shown.subject ?? null, speech: heard.subject ?? null },
          note: PAIRING_NOTE,
        },
      };
    }),
  );
  const perLabel = labels.map((label) => [label, rows.filter((row) => row.label === label).length] as const);
  const name = (modality: Modality): string => sources[modality].header.name;
  return {
    manifest: { header: headerOf(sources, { ...options, seed }), rows, base: "/" },
    report: {
      rows: rows.length,
      splits: wanted,
      labels: Object.fromEntries(perLabel),
      sources: {
        text: useOf(name("text"), text),
        face: useOf(name("face"), face),
        speech: useOf(name("speech"), speech),
      },
      columns: {
        text: [...carried.names.text.values()],
        face: [...carried.names.face.values()],
        speech: [...carried.names.speech.values()],
      },
      note: PAIRING_NOTE,
    },
  };
}

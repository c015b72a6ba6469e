/** Rows of texts, which pass by: none is held as an object, so that their number is not bounded by the memory. */
import { AffektError } from "../core/errors.ts";
import type { TextHash, WritableFiles } from "../core/ports.ts";
import { caveatsFor } from "../data/caveats.ts";
import { assertDisjoint } from "../data/leak.ts";
import { folderOf, joinPath } from "../data/paths.ts";
import type { Problem, Row } from "../data/row.ts";
import { HELD_BYTES } from "./bounded-reader.ts";
import type { TrainConfig } from "./config.ts";
import { checkDistinctSources } from "./distinct-sources.ts";
import { uncoveredBy } from "./label-cover.ts";
import { type SeeRow, type SpooledRows, spoolManifest, spoolRows } from "./row-spool.ts";
import { rowSurvey, type Splits, type SurveyedSource } from "./row-survey.ts";
import { datasetSource, type SourceOptions } from "./sources.ts";
import { configureTexts, type RowSource } from "./tasks/text-config.ts";
import type { SplitData, TrainingData } from "./training-data.ts";

export interface StreamPorts {
  readonly files: WritableFiles;
  /** Lower-case hexadecimal SHA-256 of a text. */
  readonly sha256: (text: string) => string;
  readonly textHash: () => TextHash;
  /** Bytes that a training may hold in memory. Default `HELD_BYTES`. */
  readonly heldBytes?: number;
  /** Ends the preparation too. */
  readonly signal?: AbortSignal;
  /** Lets what waits in this process have its turn. Rows that are kept pass by without anything to wait for. */
  readonly turn?: () => Promise<void>;
}

/** Rows from turn to turn: few enough that an interrupt is heard at once, and too many to be felt. */
const TURN_ROWS = 256;

/** @throws AffektError `aborted` */
function goOn(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new AffektError("aborted", "Stopped while rows were prepared.", "Run the same command again to go on.");
}

/** Of what a training may hold, for rows until they are what a network reads: a million of short texts. */
const ROWS_SHARE = 1 / 4;

interface Source {
  readonly spooled: SpooledRows;
  readonly surveyed: SurveyedSource;
  /** Of its first row, among those of all sources. */
  readonly first: number;
}

/** Rows of a source, each in its split. */
async function* splitRows(
  rows: AsyncIterable<Row>,
  first: number,
  splits: Splits,
  { signal, turn }: Pick<StreamPorts, "signal" | "turn">,
): AsyncGenerator<Row> {
  let at = first;
  for await (const { split: _given, ...row } of rows) {
    if (at % TURN_ROWS === 0) await turn?.();
    goOn(signal);
    const split = splits.at(at++);
    yield split === undefined ? row : { ...row, split };
  }
}

/** @throws AffektError `data` if a subject stands in two splits, as `assertDisjoint` tells it */
async function assertNoLeak(
  sources: readonly Source[],
  splits: Splits,
  turns: Pick<StreamPorts, "signal" | "turn">,
): Promise<void> {
  if (!splits.leaking) return;
  const leaking: Row[] = [];
  for (const { spooled, first } of sources) {
    let at = first;
    for await (const row of splitRows(spooled.rows, first, splits, turns)) if (splits.leaks(at++)) leaking.push(row);
  }
  assertDisjoint(leaking);
}

/** @throws AffektError `file`, `usage`, `manifest`; `config` if a source is named twice; `aborted` */
export async function streamedData(
  config: TrainConfig,
  { config: path, root, strict = false }: SourceOptions,
  ports: StreamPorts,
): Promise<TrainingData> {
  const { files, sha256, textHash, heldBytes = HELD_BYTES } = ports;
  await checkDistinctSources(config, path, files);
  const survey = rowSurvey(textHash, sha256, config.folds !== undefined);
  const sources: Source[] = [];
  const problems: Problem[] = [];
  const budget = (heldBytes * ROWS_SHARE) / config.data.length;
  let first = 0;
  const see: SeeRow = (row, json) => {
    goOn(ports.signal);
    survey.see(row, json);
  };
  function found(spooled: SpooledRows, wrong: readonly Problem[]): void {
    const surveyed = survey.endSource();
    sources.push({ spooled, surveyed, first });
    first += surveyed.rows;
    for (const problem of wrong) problems.push(problem);
  }
  for (const source of config.data) {
    if ("dataset" in source) {
      const { manifest, report } = await datasetSource(source, { root, strict }, files);
      found(spoolRows(manifest.header, manifest.rows, see), report.problems);
    } else {
      const place = joinPath(folderOf(path), source.manifest);
      const read = await spoolManifest(files, place, { strict, budget }, see);
      found(read.spooled, read.problems);
    }
  }

  async function split(splits: Splits): Promise<SplitData> {
    await assertNoLeak(sources, splits, ports);
    return {
      sources: sources.map(({ spooled, surveyed, first: from }) => ({
        header: spooled.header,
        rows: splits.count("train", from, from + surveyed.rows),
      })),
      uncovered: () => uncoveredBy(config.labels, splits.labels("train"), splits.labels("validation")),
      configure(own, last) {
        const passing = sources.map(({ spooled, first: from }): RowSource => {
          const rows = { [Symbol.asyncIterator]: () => splitRows(spooled.rows, from, splits, ports) };
          return last ? { rows, take: () => splitRows(spooled.take(), from, splits, ports) } : { rows };
        });
        return configureTexts(config, passing, own);
      },
    };
  }

  return {
    hash: sha256(sources.map(({ surveyed }) => surveyed.hash).join("\n")),
    caveats: caveatsFor(sources.map(({ spooled, surveyed }) => ({ header: spooled.header, paired: surveyed.paired }))),
    problems,
    validated: async () => split(survey.validated(config.validationShare, config.training.seed)),
    folded: async (fold) => split(survey.folded(fold, config.folds ?? 0, config.training.seed)),
  };
}

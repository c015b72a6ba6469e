/**
 * Search for settings: random draws from a declared space (Bergstra & Bengio 2012), most of them stopped early by
 * successive halving. A trial that goes on is the same training, resumed with the schedule of the whole run. Only
 * validation rows decide; no test row is read.
 */
import { AffektError } from "../../core/errors.ts";
import type { WritableFiles } from "../../core/ports.ts";
import { random } from "../../core/random.ts";
import { folderOf, joinPath, relativePath } from "../../data/paths.ts";
import { parseTrainConfig } from "../config.ts";
import type { EpochReport } from "../epoch-report.ts";
import { readJson } from "../read-config.ts";
import { checkParts } from "../tasks/check-config.ts";
import { type Journal, type Outcome, openJournal } from "./journal.ts";
import { byScore, leaderboard } from "./leaderboard.ts";
import { type Rung, rungs } from "./rungs.ts";
import { applySettings, drawSettings, parseSpace, type Settings, type Space } from "./space.ts";

export interface TuneOptions {
  /** Path of the configuration to start from. */
  readonly config: string;
  /** Path of the space. */
  readonly space: string;
  readonly trials: number;
  /** Folder of the journal and of a folder per trial. */
  readonly out: string;
  /** One trial in so many goes on; 1 for all. Default 3. */
  readonly keep?: number;
  /** Epochs of the first rung at least. Default 1. */
  readonly least?: number;
  /** Of the draws. Default 1. */
  readonly seed?: number;
}

/** What a search needs of a training. */
interface Trained {
  readonly best: EpochReport;
  readonly history: readonly EpochReport[];
  /** Sentences that have to stand beside the scores. */
  readonly caveats?: readonly string[];
}

export interface TunePorts {
  readonly files: WritableFiles;
  /** Trains a configuration up to an epoch, going on from what its folder holds. */
  train(options: { readonly config: string; readonly out: string; readonly until: number }): Promise<Trained>;
  readonly sha256: (text: string) => string;
  /** Milliseconds of a steady clock. */
  readonly now: () => number;
}

export interface TuneEvents {
  begun?(rungs: readonly Rung[], resumed: number): void;
  trial?(trial: number, rung: number, settings: Settings): void;
  done?(outcome: Outcome): void;
}

export interface TuneResult {
  /** Best first. */
  readonly leaderboard: readonly Outcome[];
  /** Path of the best configuration. */
  readonly best: string;
  /** Sentences that have to stand beside the scores, each once; absent where there are none. */
  readonly caveats?: readonly string[];
}

type Json = Record<string, unknown>;

/** Paths in a configuration as they are seen from another folder. */
function moved(config: Json, from: string, to: string, files: WritableFiles): Json {
  const path = (file: string) => relativePath(files.absolute(to), files.absolute(joinPath(from, file)));
  const training = { ...(config.training as Json) };
  const { start } = training;
  if (typeof start === "string") training.start = path(start);
  else if (typeof start === "object" && start !== null) {
    training.start = Object.fromEntries(
      Object.entries(start as Json).map(([part, file]) => [part, path(String(file))]),
    );
  }
  const data = (config.data as Json[]).map((source) =>
    typeof source.manifest === "string" ? { ...source, manifest: path(source.manifest) } : source,
  );
  return { ...config, data, training };
}

const trialName = (trial: number): string => `trial-${String(trial).padStart(3, "0")}`;

/** Why a configuration cannot be trained whatever its rows hold; undefined if it may be. */
function refusal(config: Json): AffektError | undefined {
  try {
    checkParts(parseTrainConfig(config));
    return undefined;
  } catch (error) {
    if (error instanceof AffektError) return error;
    throw error;
  }
}

/**
 * @param draws the settings of every trial
 * @throws AffektError `config` if none of them makes a configuration: a path is mistyped
 */
function checkPaths(json: Json, space: Space, name: string, draws: readonly Settings[]): void {
  const [first] = draws;
  if (first === undefined || draws.some((settings) => refusal(applySettings(json, settings)) === undefined)) return;
  // A path that is refused whatever the others are is named.
  const refused = Object.keys(space).filter((path) => {
    const alone = { [path]: first[path] ?? null };
    return refusal(applySettings(json, alone)) !== undefined;
  });
  const which = refused.length > 0 ? ` (${refused.join(", ")})` : "";
  throw new AffektError(
    "config",
    `No trial can be drawn from ${name}${which}: ${refusal(applySettings(json, first))?.message}`,
    "Correct the paths of the space: each names a field of the configuration.",
  );
}

/** The best epoch up to `until`: a trial that was trained further before is compared by what it had then. */
function bestUntil(history: readonly EpochReport[], best: EpochReport, until: number): EpochReport {
  return history.slice(0, until).findLast((report) => report.best) ?? best;
}

/** Errors that say the setting is bad, not the search. */
const OF_THE_TRIAL = new Set(["diverged", "config", "shape"]);

/**
 * Goes on with the journal in the folder if there is one, with more trials than before as well.
 *
 * @throws AffektError `config` if configuration or space are wrong, or no trial could be trained; `checkpoint` if the
 *   folder holds another search, `conflict` if one is at work in it; whatever else a training throws
 */
export async function tune(options: TuneOptions, ports: TunePorts, events: TuneEvents = {}): Promise<TuneResult> {
  const { files, now } = ports;
  const { out, trials, keep = 3, least = 1, seed = 1 } = options;
  const json = (await readJson(files, options.config)) as Json;
  const base = parseTrainConfig(json, options.config);
  const { training, folds } = base;
  if (folds !== undefined) {
    throw new AffektError("config", "A search trains one model per trial, not folds.", "Leave out folds.");
  }
  checkParts(base, options.config);
  const space = parseSpace(await readJson(files, options.space), options.space);
  const plan = rungs({ trials, epochs: training.epochs, keep, least });
  // Each trial has a generator of its own, so that its settings do not depend on how many there are.
  const settingsOf = (trial: number) => drawSettings(space, random(Math.imul(seed, 0x9e3779b1) ^ trial));
  const all = Array.from({ length: trials }, (_, index) => index + 1);
  checkPaths(json, space, options.space, all.map(settingsOf));
  const identity = JSON.stringify([json, space, keep, least, seed]);

  async function search(): Promise<TuneResult> {
    const journal: Journal = await openJournal(files, joinPath(out, "journal.jsonl"), ports.sha256(identity));
    events.begun?.(plan, journal.outcomes.length);

    function trialConfig(settings: Settings, folder: string): Json {
      return moved(applySettings(json, settings) as Json, folderOf(options.config), folder, files);
    }

    async function attempt(trial: number, rung: number, epochs: number): Promise<Outcome> {
      const settings = settingsOf(trial);
      events.trial?.(trial, rung, settings);
      const folder = joinPath(out, trialName(trial));
      const config = joinPath(folder, "train.json");
      const started = now();
      const common = { trial, until: epochs, settings };
      const seconds = () => Math.round((now() - started) / 10) / 100;
      try {
        const given = trialConfig(settings, folder);
        parseTrainConfig(given, config);
        await files.write(config, `${JSON.stringify(given, null, 2)}\n`);
        const { best, history, caveats = [] } = await ports.train({ config, out: folder, until: epochs });
        const { score, epoch, metrics, validationLoss } = bestUntil(history, best, epochs);
        return {
          ...common,
          epochs: Math.min(history.length, epochs),
          score,
          epoch,
          ...(Number.isFinite(validationLoss) ? { validationLoss } : {}),
          metrics: { ...metrics },
          ...(caveats.length > 0 ? { caveats: [...caveats] } : {}),
          seconds: seconds(),
        };
      } catch (error) {
        if (!(error instanceof AffektError) || !OF_THE_TRIAL.has(error.code)) throw error;
        const failed = { epochs: 0, score: null, epoch: null, metrics: {}, error: error.message };
        return { ...common, ...failed, seconds: seconds() };
      }
    }

    const bestPath = joinPath(out, "best.json");

    /** Written after every trial, so that an interrupted search can be read and its best so far be trained. */
    async function writeBoard(): Promise<void> {
      const board = leaderboard(journal.outcomes);
      await files.write(joinPath(out, "leaderboard.json"), `${JSON.stringify(board, null, 2)}\n`);
      const [first] = board;
      if (first !== undefined && first.score !== null) {
        await files.write(bestPath, `${JSON.stringify(trialConfig(first.settings, out), null, 2)}\n`);
      }
    }

    // An interruption may have come between the journal and these.
    if (journal.outcomes.length > 0) await writeBoard();
    let field = all;
    for (const [index, { epochs, trials: places }] of plan.entries()) {
      const outcomes: Outcome[] = [];
      for (const trial of field) {
        // The next best takes the place of a trial that fails after all.
        if (outcomes.filter(({ score }) => score !== null).length === places) break;
        let outcome = journal.find(trial, epochs);
        if (outcome === undefined) {
          outcome = await attempt(trial, index + 1, epochs);
          await journal.add(outcome);
          await writeBoard();
          events.done?.(outcome);
        }
        outcomes.push(outcome);
      }
      field = outcomes
        .filter(({ score }) => score !== null)
        .sort(byScore)
        .map(({ trial }) => trial);
      if (field.length > 0) continue;
      throw new AffektError(
        "config",
        index === 0
          ? `No trial could be trained: ${outcomes[0]?.error ?? ""}`
          : `No trial came to ${epochs} epochs, on rung ${index + 1} of ${plan.length}: ${outcomes[0]?.error ?? ""}`,
        "Narrow the space to settings that the network can have.",
      );
    }
    const board = leaderboard(journal.outcomes);
    const caveats = [...new Set(board.flatMap((outcome) => outcome.caveats ?? []))];
    return { leaderboard: board, best: bestPath, ...(caveats.length > 0 ? { caveats } : {}) };
  }

  // Two searches in one folder would write into each other's journal.
  const release = await files.claim(out);
  try {
    return await search();
  } finally {
    await release();
  }
}

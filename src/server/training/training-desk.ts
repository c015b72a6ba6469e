/** Trainings one after the other, each in a process of its own; what was running when the service ended goes on. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { AffektError } from "../../core/errors.ts";
import type { WritableFiles } from "../../core/ports.ts";
import { readManifest } from "../../data/read.ts";
import type { Row } from "../../data/row.ts";
import { splitBySubject } from "../../data/split.ts";
import { writeRows } from "../../data/write.ts";
import { forgetForeignClaim } from "../../platform/node/folder-claim.ts";
import {
  startTrainingProcess,
  type TrainingProcess,
  type TrainingStep,
  type TrainingWork,
} from "../../platform/node/training-process.ts";
import type { EpochReport } from "../../train/epoch-report.ts";
import { languageOf, type ManifestShelf } from "./manifest-shelf.ts";
import { RunRecord, type RunState } from "./run-record.ts";
import { type TestScores, testScores } from "./test-scores.ts";
import { type Advanced, type Choices, planTraining } from "./training-plan.ts";

export const RUN_ID = /^[a-z][a-z0-9-]{0,79}$/u;

/** A training with what is known only while the service runs. */
export interface Run extends RunRecord {
  readonly history: readonly EpochReport[];
  /** Of the epoch that is being trained. */
  readonly step: TrainingStep | null;
  readonly undecodable: number;
}

export interface TrainingDesk {
  /** Newest first. */
  list(): Promise<readonly Run[]>;
  /** @throws AffektError `not-found` */
  get(id: string): Promise<Run>;
  start(manifest: string, choices: Choices, advanced: Advanced): Promise<Run>;
  /** @throws AffektError `conflict` if it has ended */
  cancel(id: string): Promise<Run>;
  /** Goes on from the last epoch. @throws AffektError `conflict` unless it was cancelled or failed */
  resume(id: string): Promise<Run>;
  /** On the test rows. @throws AffektError `conflict` unless the training is done */
  evaluate(id: string): Promise<Run>;
  /** @throws AffektError `conflict` while it runs */
  remove(id: string): Promise<void>;
  /** A page. @throws AffektError `not-found` if there is none yet */
  report(id: string, of: "training" | "evaluation"): Promise<string>;
  /** Scores on the test rows, once evaluated. */
  scores(id: string): Promise<TestScores | null>;
  /** @throws AffektError `conflict` unless the training is done */
  modelOf(id: string): Promise<string>;
  close(): Promise<void>;
}

export interface TrainingDeskOptions {
  /** Absolute. */
  readonly dataDir: string;
  readonly files: WritableFiles;
  readonly shelf: ManifestShelf;
  readonly clock: () => Date;
  readonly version: string;
}

interface Task {
  readonly id: string;
  readonly kind: "train" | "evaluate";
}

interface Live {
  record: RunRecord;
  step: TrainingStep | null;
  undecodable: number;
}

const MODALITY_FIELD = { text: "text", face: "image", speech: "audio" } as const;

function conflict(message: string, hint: string): AffektError {
  return new AffektError("conflict", message, hint);
}

function plain(cause: unknown): NonNullable<RunRecord["error"]> {
  if (cause instanceof AffektError) return { code: cause.code, message: cause.message, hint: cause.hint };
  return { code: "internal", message: String(cause), hint: "Report this fault." };
}

function isOpen(state: string): boolean {
  return state === "queued" || state === "running";
}

export async function openTrainingDesk(options: TrainingDeskOptions): Promise<TrainingDesk> {
  const { dataDir, files, shelf, clock, version } = options;
  const home = join(dataDir, "trainings");
  const runs = new Map<string, Live>();
  const queue: Task[] = [];
  let now: { readonly task: Task; readonly process: TrainingProcess } | undefined;
  let working: Promise<void> = Promise.resolve();
  let closed = false;

  const folderOf = (id: string): string => join(home, id);

  function live(id: string): Live {
    const found = runs.get(id);
    if (found !== undefined) return found;
    throw new AffektError("not-found", "There is no such training.", "See GET /v1/trainings.");
  }

  async function save(id: string, change: Partial<RunRecord>): Promise<void> {
    const own = live(id);
    own.record = { ...own.record, ...change };
    await files.write(join(folderOf(id), "run.json"), `${JSON.stringify(own.record, null, 2)}\n`);
  }

  async function shown(id: string): Promise<Run> {
    const { record, step, undecodable } = live(id);
    const log = await readFile(join(folderOf(id), "log.jsonl"), "utf8").catch(() => "");
    const history = log
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as EpochReport);
    return { ...record, history, step, undecodable };
  }

  function workOf({ id, kind }: Task): TrainingWork {
    const out = folderOf(id);
    const model = join(out, "model.onnx");
    if (kind === "evaluate") {
      return { evaluate: { model, manifest: join(out, "rows.jsonl"), out, generator: `affekt ${version}` } };
    }
    const config = join(out, "train.json");
    return { train: { config, root: out, out, model, command: `affekt train ${id}/train.json` } };
  }

  async function ended(task: Task, state: RunState, error: RunRecord["error"]): Promise<void> {
    if (task.kind === "evaluate") await save(task.id, { evaluation: { state, error } });
    else await save(task.id, { state, error, endedAt: clock().toISOString() });
  }

  async function work(): Promise<void> {
    for (let task = queue.shift(); task !== undefined && !closed; task = queue.shift()) {
      const { id, kind } = task;
      const own = live(id);
      if (kind === "train") await save(id, { state: "running", error: null });
      else await save(id, { evaluation: { state: "running", error: null } });
      if (closed) return;
      const process = startTrainingProcess(workOf(task), {
        step: (step) => (own.step = step),
        undecodable: (rows) => (own.undecodable = rows),
      });
      now = { task, process };
      try {
        await process.done;
        await ended(task, "done", null);
      } catch (cause) {
        const state = kind === "train" ? own.record.state : own.record.evaluation.state;
        // Cancelled by a person, or cut off by the end of the service: then it goes on at the next start.
        if (!closed && state === "running") await ended(task, "failed", plain(cause));
      } finally {
        now = undefined;
        own.step = null;
      }
    }
  }

  function enqueue(task: Task): void {
    queue.push(task);
    working = working.then(work);
  }

  async function freeId(manifest: string): Promise<string> {
    const stem = manifest
      .replace(/\.\w+$/u, "")
      .toLowerCase()
      .replaceAll("_", "-");
    const name = /^[a-z]/u.test(stem) ? stem : `run-${stem}`;
    let number = 1;
    while (runs.has(`${name}-${number}`)) number++;
    return `${name}-${number}`;
  }

  /** The chosen rows with their splits, in the folder of the training: what it is trained on never changes. */
  async function keepRows(path: string, folder: string, { modality, labels }: Choices): Promise<RunRecord["rows"]> {
    const { manifest } = await readManifest(files, path);
    const field = MODALITY_FIELD[modality];
    const usable = manifest.rows.flatMap((row): Row[] => {
      if (row[field] === undefined || row.label === undefined || !labels.includes(row.label)) return [];
      return [modality === "text" ? { ...row, language: languageOf(row) } : row];
    });
    const rows = usable.some(({ split }) => split === "test") ? usable : splitBySubject(usable);
    const count = (split: Row["split"]): number => rows.filter((row) => row.split === split).length;
    await writeRows(files, join(folder, "rows.jsonl"), { header: manifest.header, base: manifest.base, rows });
    return { train: count("train"), validation: count("validation"), test: count("test") };
  }

  for (const name of await readdir(home).catch((): string[] => [])) {
    const text = await readFile(join(home, name, "run.json"), "utf8").catch(() => undefined);
    // A folder that was being made, or is none of ours.
    if (text === undefined || !RUN_ID.test(name)) continue;
    runs.set(name, { record: RunRecord.parse(JSON.parse(text)), step: null, undecodable: 0 });
    // This folder is this service's alone: a container that is gone, of another host name, trains no more in it.
    await forgetForeignClaim(folderOf(name));
  }
  for (const [id, { record }] of [...runs].sort(([, a], [, b]) => (a.record.createdAt < b.record.createdAt ? -1 : 1))) {
    if (isOpen(record.state)) enqueue({ id, kind: "train" });
    else if (isOpen(record.evaluation.state)) enqueue({ id, kind: "evaluate" });
  }

  return {
    async list() {
      const ids = [...runs.values()].sort((a, b) => (a.record.createdAt < b.record.createdAt ? 1 : -1));
      return Promise.all(ids.map(({ record }) => shown(record.id)));
    },
    get: shown,
    async start(manifest, choices, advanced) {
      const checked = await shelf.check(manifest);
      const id = await freeId(manifest);
      const config = planTraining(id, choices, checked, advanced);
      const folder = folderOf(id);
      const record: RunRecord = {
        id,
        manifest,
        modality: choices.modality,
        labels: [...choices.labels],
        size: choices.size,
        createdAt: clock().toISOString(),
        endedAt: null,
        state: "queued",
        error: null,
        rows: { train: 0, validation: 0, test: 0 },
        config,
        evaluation: { state: "none", error: null },
      };
      // Taken at once, so that another one that is started meanwhile gets another name.
      runs.set(id, { record, step: null, undecodable: 0 });
      try {
        const rows = await keepRows(await shelf.open(manifest), folder, choices);
        await files.write(join(folder, "train.json"), `${JSON.stringify(config, null, 2)}\n`);
        await save(id, { rows });
      } catch (cause) {
        runs.delete(id);
        await rm(folder, { recursive: true, force: true });
        throw cause;
      }
      enqueue({ id, kind: "train" });
      return shown(id);
    },
    async cancel(id) {
      const { record } = live(id);
      if (!isOpen(record.state)) throw conflict("The training has ended.", "See its state.");
      await save(id, { state: "cancelled", endedAt: clock().toISOString() });
      const at = queue.findIndex((task) => task.id === id);
      if (at >= 0) queue.splice(at, 1);
      if (now?.task.id === id) now.process.kill();
      return shown(id);
    },
    async resume(id) {
      const { record } = live(id);
      if (record.state !== "cancelled" && record.state !== "failed") {
        throw conflict("Only a training that was cancelled or failed can be resumed.", "See its state.");
      }
      await save(id, { state: "queued", error: null, endedAt: null });
      enqueue({ id, kind: "train" });
      return shown(id);
    },
    async evaluate(id) {
      const { record } = live(id);
      if (record.state !== "done") throw conflict("The training is not done yet.", "Wait until it is.");
      if (isOpen(record.evaluation.state)) throw conflict("It is being evaluated already.", "Wait for the scores.");
      await save(id, { evaluation: { state: "queued", error: null } });
      enqueue({ id, kind: "evaluate" });
      return shown(id);
    },
    async remove(id) {
      const { record } = live(id);
      if (isOpen(record.state) || isOpen(record.evaluation.state)) {
        throw conflict("The training is still at work.", "Cancel it first.");
      }
      runs.delete(id);
      await rm(folderOf(id), { recursive: true, force: true });
    },
    async report(id, of) {
      live(id);
      const name = of === "training" ? "report.html" : "evaluation.html";
      const text = await readFile(join(folderOf(id), name), "utf8").catch(() => undefined);
      if (text !== undefined) return text;
      throw new AffektError("not-found", "There is no such report yet.", "Wait for the first epoch, or evaluate.");
    },
    async scores(id) {
      const text = await readFile(join(folderOf(id), "evaluation.json"), "utf8").catch(() => undefined);
      return text === undefined ? null : testScores(text);
    },
    async modelOf(id) {
      if (live(id).record.state === "done") return join(folderOf(id), "model.onnx");
      throw conflict("The training is not done yet.", "Wait until it is.");
    },
    async close() {
      closed = true;
      queue.length = 0;
      now?.process.kill();
      await working;
    },
  };
}

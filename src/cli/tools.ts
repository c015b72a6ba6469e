/**
 * Everything that commands touch. Handed in, so that a test of a command is one call; every heavy part is imported
 * when it is first used, so that a command pays only for what it needs.
 */

import type { FaceExplanation } from "../core/explanation.ts";
import type { Modality } from "../core/modality.ts";
import type { WritableFiles } from "../core/ports.ts";
import type { Prediction } from "../core/prediction.ts";
import type { Manifest } from "../data/manifest.ts";
import type { Row } from "../data/row.ts";
import type { Asked, AskOptions } from "../evaluate/ask.ts";
import type { Explainer } from "../explain/explainer.ts";
import type { SeenIn } from "../platform/node/heat-png.ts";
import type { ModelFile } from "../platform/node/open.ts";
import type { AskModelOptions } from "../platform/node/open-expert.ts";
import type { MissingPart } from "../recognize/missing.ts";
import type { Opinion } from "../recognize/opinion.ts";
import type { Recognizer } from "../recognize/recognizer.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { JobRing } from "../server/job-ring.ts";
import type { KeyRing } from "../server/key-ring.ts";
import type { Service, ServiceOptions } from "../server/service.ts";
import type { JobWorker, WorkerOptions } from "../server/worker.ts";
import type { RunEvents, RunOptions, RunResult } from "../train/run.ts";
import type { Terminal } from "./terminal.ts";

export interface RecognizerOptions {
  /** Folder of models; the shipped ones by default. */
  readonly models?: string;
  /** `permissive` leaves out models whose training data restrict their use. */
  readonly license?: "any" | "permissive";
  /** Threads of the network runtime. */
  readonly threads?: number;
}

/** The part of a recognizer that commands use. */
export type OpenRecognizer = Pick<Recognizer, "recognize" | "recognizeSettled" | "close"> &
  Explainer & {
    /** What it cannot do because models were left out for their terms. */
    readonly missing?: readonly MissingPart[];
  };

export interface Tools {
  /** The command line, without the program itself. */
  readonly argv: readonly string[];
  /** Of this package. */
  readonly version: string;
  readonly terminal: Terminal;
  readonly files: WritableFiles;
  /** Absolute path of the shipped models. */
  readonly modelFolder: string;
  /** Where data sets lie unless a command says otherwise. */
  readonly dataFolder: string;
  openRecognizer(options: RecognizerOptions): Promise<OpenRecognizer>;
  /** The heat map of a face over the picture, or the frame of the film, that it was found in, as PNG. */
  heatPng(seen: SeenIn, face: FaceExplanation): Promise<Uint8Array>;
  /** The shipped scenarios, and those of a folder. */
  loadScenarios(folder: string | undefined): Promise<readonly Scenario[]>;
  /** What one model says about rows. */
  askModel(
    model: ModelFile,
    rows: readonly Row[],
    manifest: Manifest,
    options: AskModelOptions,
  ): Promise<Asked<Opinion>>;
  /** With each of these subsets of the modalities that it knows; a row is decoded once for all of them. */
  askModelSubsets(
    model: ModelFile,
    rows: readonly Row[],
    manifest: Manifest,
    subsets: readonly (readonly Modality[])[],
    options: AskModelOptions,
  ): Promise<Asked<Opinion>[]>;
  /** What the whole recognizer says about rows, with each of these subsets of the modalities. */
  askAll(
    recognizer: RecognizerOptions,
    rows: readonly Row[],
    manifest: Manifest,
    subsets: readonly (readonly Modality[])[],
    options: AskOptions,
  ): Promise<Asked<Prediction>[]>;
  train(options: RunOptions, events: RunEvents): Promise<RunResult>;
  /** Starts the service. */
  serve(options: Omit<ServiceOptions, "databaseUrl" | "secret" | "s3">): Promise<Service>;
  /** The keys of a service, by its data folder. */
  openKeys(dataDir: string): Promise<KeyRing>;
  /** Starts working on jobs. */
  work(options: Omit<WorkerOptions, "databaseUrl" | "secret" | "s3">): Promise<JobWorker>;
  /** The jobs of a service, by its data folder. */
  openJobs(dataDir: string, mediaDir: string | undefined): Promise<JobRing>;
  /** Writes the database of a service to a file. @returns rows */
  backup(dataDir: string, file: string): Promise<number>;
  /** Fills an empty database from such a file. @returns rows per table */
  restore(dataDir: string, file: string): Promise<Readonly<Record<string, number>>>;
  /** Calls back when this process is asked to take up new models (SIGHUP). @returns what ends it */
  onReload(reload: () => Promise<void>): () => void;
  /** Resolves when this process is asked to stop (SIGINT, SIGTERM). */
  untilStopped(): Promise<void>;
}

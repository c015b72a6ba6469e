/**
 * Everything that commands touch. Handed in, so that a test of a command is one call; every heavy part is imported
 * when it is first used, so that a command pays only for what it needs.
 */

import type { WritableFiles } from "../core/ports.ts";
import type { Inputs, Prediction } from "../core/prediction.ts";
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
export interface OpenRecognizer {
  recognize(inputs: Inputs): Promise<Prediction>;
  close(): Promise<void>;
}

export interface Tools {
  readonly terminal: Terminal;
  readonly files: WritableFiles;
  /** The command line, without the program itself. */
  readonly argv: readonly string[];
  /** Of this package. */
  readonly version: string;
  /** Absolute path of the shipped models. */
  readonly modelFolder: string;
  openRecognizer(options: RecognizerOptions): Promise<OpenRecognizer>;
}

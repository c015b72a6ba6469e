/** The configuration of a training, from its file. */
import { AffektError } from "../core/errors.ts";
import { notJson } from "../core/parse-json.ts";
import type { Files } from "../core/ports.ts";
import { parseTrainConfig, type TrainConfig } from "./config.ts";

/** @throws AffektError `file` if it cannot be read, `config` if it is not JSON */
export async function readJson(files: Files, path: string): Promise<unknown> {
  const text = await files.readText(path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AffektError("config", `${path} ${notJson(text)}.`, "Correct it there.", { cause });
  }
}

/** @throws AffektError `file`, or `config` naming every wrong field */
export async function readTrainConfig(files: Files, path: string): Promise<TrainConfig> {
  return parseTrainConfig(await readJson(files, path), path);
}

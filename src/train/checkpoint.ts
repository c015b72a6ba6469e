/** Everything that an interrupted run needs to go on bit for bit, as one safetensors file. */
import { AffektError } from "../core/errors.ts";
import type { ParameterStore } from "../graph/optimize/store.ts";
import type { EpochReport } from "./epoch-report.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

export interface Progress {
  history: EpochReport[];
  best: EpochReport | undefined;
  bestWeights: Map<string, Float32Array>;
}

export function newProgress(): Progress {
  return { history: [], best: undefined, bestWeights: new Map() };
}

const [STATE, BEST] = ["state/", "best/"];

function part(arrays: ReadonlyMap<string, Float32Array>, prefix: string): Map<string, Float32Array> {
  return new Map(
    [...arrays].filter(([name]) => name.startsWith(prefix)).map(([name, data]) => [name.slice(prefix.length), data]),
  );
}

/** @param fingerprint of configuration and data */
export function checkpointBytes(store: ParameterStore, progress: Progress, fingerprint: string): Uint8Array {
  const arrays = new Map<string, Float32Array>();
  for (const [name, data] of store.state()) arrays.set(STATE + name, data);
  for (const [name, data] of progress.bestWeights) arrays.set(BEST + name, data);
  const history = JSON.stringify(progress.history);
  return encodeSafetensors({ arrays, metadata: { fingerprint, history } });
}

/**
 * @param path of the checkpoint, for messages
 * @throws AffektError `checkpoint` if it is broken, or of another configuration or other data
 */
export function restoreCheckpoint(
  bytes: Uint8Array,
  store: ParameterStore,
  fingerprint: string,
  path: string,
): Progress {
  const { arrays, metadata } = decodeSafetensors(bytes);
  if (metadata.fingerprint !== fingerprint) {
    throw new AffektError(
      "checkpoint",
      `The checkpoint ${path} belongs to another configuration or to other data.`,
      "Resume with the configuration and data it was made with, or name another output folder.",
    );
  }
  store.restore(part(arrays, STATE));
  const history = JSON.parse(metadata.history ?? "[]") as EpochReport[];
  return { history, best: history.findLast(({ best }) => best), bestWeights: part(arrays, BEST) };
}

/** The best weights of a checkpoint of ours, or all arrays of any other safetensors file. @throws AffektError `checkpoint` */
export function bestWeights(bytes: Uint8Array): Map<string, Float32Array> {
  const { arrays } = decodeSafetensors(bytes);
  const best = part(arrays, BEST);
  return best.size > 0 ? best : new Map(arrays);
}

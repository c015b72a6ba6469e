/** Puts training together: manifests, trainings one by one, and the models that serve. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { nodeFiles } from "../../platform/node/files.ts";
import type { Store } from "../../store/store.ts";
import { createManifestShelf } from "./manifest-shelf.ts";
import { type Operator, operator } from "./operator.ts";
import { openServing, type ServingOptions } from "./serving.ts";
import { openTrainingDesk } from "./training-desk.ts";

export interface StartTrainingOptions extends Pick<ServingOptions, "models" | "license" | "reload"> {
  /** Default: a folder that goes with the service. */
  readonly dataDir: string | undefined;
  readonly store: Pick<Store, "addAudit">;
  readonly clock: () => Date;
  readonly version: string;
}

export interface StartedTraining {
  readonly operator: Operator;
  /** Folder of the models that serve now. */
  models(): string;
  /** Promoted models that do not serve, and why. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

export async function startTraining(options: StartTrainingOptions): Promise<StartedTraining> {
  const { models, license, reload, store, clock, version } = options;
  const passing = options.dataDir === undefined ? await mkdtemp(join(tmpdir(), "affekt-service-")) : undefined;
  const dataDir = resolve(passing ?? (options.dataDir as string));
  const files = nodeFiles();
  const serving = await openServing({ dataDir, models, license, reload });
  const shelf = createManifestShelf(dataDir, files);
  const desk = await openTrainingDesk({ dataDir, files, shelf, clock, version });
  return {
    operator: operator({ shelf, desk, serving, clock }, store),
    models: serving.folder,
    warnings: serving.warnings,
    async close() {
      await desk.close();
      if (passing !== undefined) await rm(passing, { recursive: true, force: true });
    },
  };
}

/** Puts the service together: processes that recognize, endpoints, server. */
import { availableParallelism } from "node:os";
import { AffektError } from "../core/errors.ts";
import { listModels, poolOf, shippedModels } from "../platform/node/open.ts";
import { kindOfQuestion, startRecognizerProcess } from "../platform/node/recognizer-process.ts";
import { createDispatcher, type Load } from "../queue/dispatcher.ts";
import { chooseModels } from "../recognize/choose-models.ts";
import { type MissingPart, missingParts } from "../recognize/missing.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { isLoopback } from "./access.ts";
import { healthEndpoints } from "./endpoints/health.ts";
import { keysEndpoints } from "./endpoints/keys.ts";
import { metricsEndpoint } from "./endpoints/metrics.ts";
import { modelsEndpoint } from "./endpoints/models.ts";
import { predictionsEndpoint } from "./endpoints/predictions.ts";
import { recognizeEndpoint } from "./endpoints/recognize.ts";
import { subjectsEndpoint } from "./endpoints/subjects.ts";
import { keyedAccess } from "./keyed-access.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { createMetrics } from "./metrics.ts";
import { modelFiles } from "./model-files.ts";
import type { PredictionReply } from "./prediction-schema.ts";
import { createReplay } from "./replay.ts";
import { startRetention } from "./retention.ts";
import { serviceSecret } from "./secret.ts";
import { buildServer } from "./server.ts";
import { appFiles } from "./site.ts";

export interface ServiceOptions {
  readonly version: string;
  readonly host?: string;
  /** 0: any that is free. */
  readonly port?: number;
  /** Folder of models. Default: the shipped ones. */
  readonly models?: string | undefined;
  readonly license?: "any" | "permissive" | undefined;
  /** Processes that recognize. Default: one per core. */
  readonly workers?: number | undefined;
  /** Where data are kept. Default: in memory. */
  readonly dataDir?: string | undefined;
  /** Of a PostgreSQL server that keeps them instead. */
  readonly databaseUrl?: string | undefined;
  /** Of at least 32 characters, the same on every machine that shares a database. Default: one in the data folder. */
  readonly secret?: string | undefined;
  /** Days that predictions are kept; 0 keeps none. Default 30. */
  readonly keepDays?: number | undefined;
  readonly limits?: Partial<Limits>;
  readonly log?: { write(line: string): void };
}

export interface Service {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** What it cannot do because models were left out for their terms. */
  readonly missing?: readonly MissingPart[];
  load(): Load;
  /** Processes that recognize. */
  pids(): readonly number[];
  /** Answers what is being asked, takes nothing new, then stops. */
  close(): Promise<void>;
}

function keepIn(store: Store) {
  return (owner: string, found: readonly PredictionReply[]): Promise<void> =>
    store.addPredictions(
      owner,
      found.map((prediction) => {
        const { id, createdAt, subject, session, label, confidence } = prediction;
        return { id, createdAt: new Date(createdAt), subject, session, label, confidence, prediction };
      }),
    );
}

/** Whether the database answers, and soon. */
async function answers(store: Store): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), PING_MS).unref());
  const pinged = store.ping().then(
    () => true,
    () => false,
  );
  return Promise.race([pinged, late]);
}

function cannotListen(host: string, port: number, cause: unknown): AffektError {
  const { code = "unknown reason" } = cause as NodeJS.ErrnoException;
  const reason = code === "EADDRINUSE" ? "another program listens there" : code;
  return new AffektError("config", `Cannot listen on ${host}, port ${port}: ${reason}.`, "Choose another --port.", {
    cause,
  });
}

/** Utterances that a process is given at once. */
const MAX_BATCH = 16;
/** How long the database may take to answer before the service counts as not ready. */
const PING_MS = 2_000;

export async function startService(options: ServiceOptions): Promise<Service> {
  const {
    version,
    host = "127.0.0.1",
    port = 8080,
    models,
    license,
    dataDir,
    databaseUrl,
    keepDays = 30,
    log,
  } = options;
  const clock = () => new Date();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { maxPixels, maxSeconds } = limits;
  const found = await listModels(models);
  const chosen = chooseModels(found, { license });
  const missing = missingParts(found, { license });
  const contracts = [...chosen.text, ...chosen.face, ...chosen.speech].map(({ contract }) => contract);
  if (contracts.length === 0) {
    throw new AffektError("model", "There is no model to serve.", "Name a folder with models, or another --license.");
  }
  const secret = await serviceSecret(options.secret, dataDir);
  const store = await openStore({ databaseUrl, dataDir });
  const local = isLoopback(host);
  if (!local && !(await store.hasKeys())) {
    await store.close();
    throw new AffektError(
      "config",
      `Without a key, the service does not listen on ${host}, where others could reach it.`,
      "Make one first with `affekt keys add NAME --scope admin recognize read`, or listen on 127.0.0.1.",
    );
  }
  const metrics = createMetrics(() => dispatcher.load());
  const pids = new Set<number>();
  const dispatcher = createDispatcher(
    () => {
      const started = startRecognizerProcess({ models, license, maxPixels, maxSeconds });
      const { pid, ended } = started;
      if (pid !== undefined) {
        pids.add(pid);
        void ended.then(() => pids.delete(pid));
      }
      return started;
    },
    {
      workers: options.workers ?? availableParallelism(),
      maxWaiting: limits.waiting,
      maxBatch: MAX_BATCH,
      kind: kindOfQuestion,
      events: {
        batch: metrics.batch,
        lost(reason) {
          metrics.workerLost();
          app.log.warn({ reason }, "a recognizing process ended and is replaced");
        },
      },
    },
  );
  const { app, drain } = await buildServer({
    version,
    access: keyedAccess(store, { secret, clock, local }),
    replay: createReplay(store, secret, clock),
    limits,
    metrics,
    log,
    retryAfterSeconds: dispatcher.retryAfterSeconds,
    site: {
      app: await appFiles(),
      files: async () =>
        modelFiles({
          models: [...chosen.text, ...chosen.face, ...chosen.speech],
          pool: await poolOf(models ?? shippedModels()),
          keepDays,
        }),
    },
    endpoints: [
      recognizeEndpoint({
        recognize: dispatcher.askAll,
        limits,
        clock,
        keep: keepDays > 0 ? keepIn(store) : undefined,
      }),
      predictionsEndpoint(store),
      subjectsEndpoint(store, clock),
      modelsEndpoint(contracts, missing),
      ...keysEndpoints(store, secret, clock),
      ...healthEndpoints(version, async () => ({ workers: dispatcher.load().ready, store: await answers(store) })),
      metricsEndpoint(metrics),
    ],
  });
  const endRetention = startRetention(store, {
    keepDays,
    clock,
    done: (deleted) => app.log.info({ deleted }, "deleted what is too old"),
    failed: () => app.log.warn("what is too old could not be deleted; it is tried again in an hour"),
  });
  const end = async () => {
    await dispatcher.close();
    await endRetention();
    await store.close();
  };
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await end();
    throw cannotListen(host, port, cause);
  }
  const address = app.server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  let closing: Promise<void> | undefined;
  return {
    missing,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    load: dispatcher.load,
    pids: () => [...pids],
    close() {
      closing ??= (async () => {
        await drain();
        await app.close();
        await end();
      })();
      return closing;
    },
  };
}

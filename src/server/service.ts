/** Puts the service together: processes that recognize, endpoints, server. */
import { join } from "node:path";
import { AffektError } from "../core/errors.ts";
import { MODALITIES } from "../core/modality.ts";
import { poolOf } from "../platform/node/open.ts";
import type { S3Options } from "../platform/node/s3-blobs.ts";
import { loadScenarios } from "../platform/node/scenario-files.ts";
import type { Load } from "../queue/dispatcher.ts";
import type { JobQueueOptions } from "../queue/job-queue.ts";
import type { MissingPart } from "../recognize/missing.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { isLoopback } from "./access.ts";
import { consentsEndpoints } from "./endpoints/consents.ts";
import { explainEndpoint } from "./endpoints/explain.ts";
import { feedbackEndpoints } from "./endpoints/feedback.ts";
import { healthEndpoints } from "./endpoints/health.ts";
import { jobsEndpoints } from "./endpoints/jobs.ts";
import { keysEndpoints } from "./endpoints/keys.ts";
import { manifestsEndpoints } from "./endpoints/manifests.ts";
import { metricsEndpoint } from "./endpoints/metrics.ts";
import { modelsEndpoint } from "./endpoints/models.ts";
import { predictionsEndpoint } from "./endpoints/predictions.ts";
import { recognizeEndpoint } from "./endpoints/recognize.ts";
import { scenariosEndpoint } from "./endpoints/scenarios.ts";
import { subjectsEndpoint } from "./endpoints/subjects.ts";
import { trainingsEndpoints } from "./endpoints/trainings.ts";
import { startJobs } from "./jobs/start-jobs.ts";
import { keyedAccess } from "./keyed-access.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { createMetrics } from "./metrics.ts";
import { modelFiles } from "./model-files.ts";
import { type OidcOptions, tokenVerifier } from "./oidc.ts";
import type { PredictionReply } from "./prediction-schema.ts";
import { createRateLimit } from "./rate-limit.ts";
import { startRecognizers } from "./recognizers.ts";
import { createReplay } from "./replay.ts";
import { startRetention } from "./retention.ts";
import { keeping, type Scenarios, scenarioList } from "./scenarios.ts";
import { serviceSecret } from "./secret.ts";
import { buildServer } from "./server.ts";
import { appFiles, type Site } from "./site.ts";
import type { StreamLimits } from "./stream/limits.ts";
import { startStreams } from "./stream/start.ts";
import { startTraining } from "./training/start-training.ts";

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
  /** Folder of scenarios beside the shipped ones. */
  readonly scenarios?: string | undefined;
  /** Whether nothing is recognized without one. Default false. */
  readonly requireScenario?: boolean | undefined;
  /** Days that predictions are kept; 0 keeps none. Default 30. */
  readonly keepDays?: number | undefined;
  /** Whether this process works on jobs; otherwise workers do. Default true. */
  readonly jobs?: boolean | undefined;
  /** Where media of jobs lie, sealed; workers elsewhere need the same folder. Default: within the data folder. */
  readonly mediaDir?: string | undefined;
  /** A bucket where they lie instead. */
  readonly s3?: S3Options | undefined;
  readonly queue?: JobQueueOptions | undefined;
  /** Requests a minute that one key may make; 0: any number. Default 1,200. */
  readonly ratePerMinute?: number | undefined;
  /** Whose tokens are taken beside keys. */
  readonly oidc?: OidcOptions | undefined;
  readonly limits?: Partial<Limits>;
  /** Processes that carry streams; they start with the first ones. Default: one per core. */
  readonly streamWorkers?: number | undefined;
  readonly streamLimits?: Partial<StreamLimits>;
  readonly log?: { write(line: string): void };
}

export interface Service {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** What it cannot do because models were left out for their terms. */
  readonly missing?: readonly MissingPart[];
  /** Promoted models that do not serve, and why. */
  readonly warnings?: readonly string[];
  load(): Load;
  /** Processes that recognize. */
  pids(): readonly number[];
  /** Takes up the models that lie in the folder now, without a pause. @throws AffektError: the old ones stay */
  reload?(): Promise<void>;
  /** Processes that carry streams. */
  streamPids(): readonly number[];
  /** Starts the processes of streams ahead of the first one. */
  warmStreams(): Promise<void>;
  /** Answers what is being asked, takes nothing new, then stops. */
  close(): Promise<void>;
}

/** Keeps answers, as far as their scenarios let them be kept. */
function keepIn(store: Store, scenarios: Scenarios) {
  return (owner: string, found: readonly PredictionReply[]): Promise<void> =>
    store.addPredictions(
      owner,
      found.flatMap((prediction) => {
        const { id, subject, session, label, confidence, scenario, alerts } = prediction;
        const createdAt = new Date(prediction.createdAt);
        const row = { id, createdAt, subject, session, label, confidence, prediction };
        if (scenario === undefined) return [row];
        const { mayKeep, keepUntil } = keeping(scenarios.find(scenario), createdAt, alerts);
        return mayKeep ? [{ ...row, scenario, keepUntil }] : [];
      }),
    );
}

/** What may be said of a failure in a log. */
function codeOf(cause: unknown): string {
  return cause instanceof AffektError ? cause.code : ((cause as { code?: string } | null)?.code ?? "unknown");
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
    ratePerMinute = 1_200,
    log,
  } = options;
  const clock = () => new Date();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const scenarios = scenarioList(await loadScenarios(options.scenarios), options.requireScenario === true);
  const secret = await serviceSecret(options.secret, dataDir);
  const store = await openStore({ databaseUrl, dataDir });
  const local = isLoopback(host);
  const tokens = options.oidc === undefined ? undefined : tokenVerifier(options.oidc, clock);
  if (!local && tokens === undefined && !(await store.hasKeys())) {
    await store.close();
    throw new AffektError(
      "config",
      `Without a key, the service does not listen on ${host}, where others could reach it.`,
      "Make one first with `affekt keys add NAME --scope admin recognize read`, or listen on 127.0.0.1.",
    );
  }
  const metrics = createMetrics(() => dispatcher.load());
  const training = await startTraining({
    dataDir,
    models,
    license,
    store,
    clock,
    version,
    reload: (): Promise<void> => reload(),
  }).catch(async (cause: unknown) => {
    await store.close();
    throw cause;
  });
  const recognizers = await startRecognizers({
    models: training.models,
    license,
    workers: options.workers,
    limits,
    events: {
      batch: metrics.batch,
      lost(reason) {
        metrics.workerLost();
        app.log.warn({ reason }, "a recognizing process ended and is replaced");
      },
    },
  }).catch(async (cause: unknown) => {
    await training.close();
    await store.close();
    throw cause;
  });
  const { dispatcher } = recognizers;
  const reload = async (): Promise<void> => {
    await recognizers.reload();
    streams.renew();
  };
  const jobs = await startJobs({
    store,
    secret,
    mediaDir: options.mediaDir ?? (dataDir === undefined ? undefined : join(dataDir, "media")),
    s3: options.s3,
    keepDays,
    clock,
    scenarios,
    recognize: options.jobs === false ? undefined : dispatcher.askAll,
    workers: recognizers.workers,
    queue: options.queue,
    settled: metrics.settled,
    failed: (cause) =>
      app.log.warn({ code: codeOf(cause) }, "jobs wait for the database or for their media, and are tried again"),
  }).catch(async (cause: unknown) => {
    await training.close();
    await dispatcher.close();
    await store.close();
    throw cause;
  });
  const access = keyedAccess(store, { secret, clock, local, tokens });
  const keep = keepDays > 0 ? keepIn(store, scenarios) : undefined;
  const streams = startStreams({
    models: training.models,
    license,
    access,
    clock,
    keep,
    scenarios,
    store,
    modalities: () => MODALITIES.filter((modality) => recognizers.chosen()[modality].length > 0),
    workers: options.streamWorkers,
    limits: { textCharacters: limits.textCharacters, ...options.streamLimits },
    lost: (results) => app.log.warn({ results }, "results of streams could not be kept"),
    ended(reason) {
      metrics.workerLost();
      app.log.warn({ reason }, "a process of streams ended");
    },
  });
  let made: { readonly of: readonly unknown[]; readonly site: Promise<Site> } | undefined;
  /** Made when they are first asked for, and again when other models serve. */
  const files = (): Promise<Site> => {
    const now = recognizers.models();
    if (made !== undefined && made.of === now) return made.site;
    const site = poolOf(training.models()).then((pool) => modelFiles({ models: now, pool, keepDays }));
    site.catch(() => {
      made = undefined;
    });
    made = { of: now, site };
    return site;
  };
  const { app, drain } = await buildServer({
    version,
    access,
    replay: createReplay(store, secret, clock),
    rateLimit: ratePerMinute === 0 ? undefined : createRateLimit({ perMinute: ratePerMinute }),
    limits,
    metrics,
    log,
    retryAfterSeconds: dispatcher.retryAfterSeconds,
    site: {
      app: await appFiles(),
      files,
    },
    endpoints: [
      recognizeEndpoint({
        recognize: dispatcher.askAll,
        needRoom: dispatcher.needRoom,
        limits,
        clock,
        keep,
        scenarios,
        store,
      }),
      explainEndpoint(dispatcher.askAll, { limits, scenarios, store }),
      ...streams.routes.endpoints,
      predictionsEndpoint(store),
      subjectsEndpoint(store, jobs.desk, clock),
      ...jobsEndpoints(store, jobs.desk, limits),
      ...feedbackEndpoints(store, clock),
      ...consentsEndpoints(store, clock),
      scenariosEndpoint(scenarios),
      modelsEndpoint(() => ({
        contracts: recognizers.models().map(({ contract }) => contract),
        missing: recognizers.missing(),
      })),
      ...keysEndpoints(store, secret, clock),
      ...manifestsEndpoints(training.operator),
      ...trainingsEndpoints(training.operator),
      ...healthEndpoints(version, async () => ({ workers: dispatcher.load().ready, store: await answers(store) })),
      metricsEndpoint(metrics),
    ],
  });
  await streams.routes.mount(app);
  for (const warning of training.warnings) app.log.warn(warning);
  const endRetention = startRetention(store, {
    keepDays,
    clock,
    also: jobs.expire,
    done: (deleted) => app.log.info({ deleted }, "deleted what is too old"),
    failed: () => app.log.warn("what is too old could not be deleted; it is tried again in an hour"),
  });
  const end = async () => {
    await training.close();
    await jobs.close();
    await dispatcher.close();
    await streams.close();
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
    missing: recognizers.missing(),
    warnings: training.warnings,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    load: dispatcher.load,
    pids: recognizers.pids,
    reload,
    streamPids: streams.pids,
    warmStreams: streams.warm,
    close() {
      closing ??= (async () => {
        const answered = Promise.all([drain(), jobs.drain(limits.deadlineMs)]);
        await streams.drain();
        await answered;
        await app.close();
        await end();
      })();
      return closing;
    },
  };
}

/** Puts the service together: processes that recognize, endpoints, server. */
import { availableParallelism } from "node:os";
import { AffektError } from "../core/errors.ts";
import { listModels } from "../platform/node/open.ts";
import { kindOfQuestion, startRecognizerProcess } from "../platform/node/recognizer-process.ts";
import { createDispatcher, type Load } from "../queue/dispatcher.ts";
import { chooseModels } from "../recognize/choose-models.ts";
import { localAccess } from "./access.ts";
import { healthEndpoints } from "./endpoints/health.ts";
import { metricsEndpoint } from "./endpoints/metrics.ts";
import { modelsEndpoint } from "./endpoints/models.ts";
import { recognizeEndpoint } from "./endpoints/recognize.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { createMetrics } from "./metrics.ts";
import { buildServer } from "./server.ts";

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
  readonly limits?: Partial<Limits>;
  readonly log?: { write(line: string): void };
}

export interface Service {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  load(): Load;
  /** Processes that recognize. */
  pids(): readonly number[];
  /** Answers what is being asked, takes nothing new, then stops. */
  close(): Promise<void>;
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

export async function startService(options: ServiceOptions): Promise<Service> {
  const { version, host = "127.0.0.1", port = 8080, models, license, log } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { maxPixels, maxSeconds } = limits;
  const chosen = chooseModels(await listModels(models), { license });
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
  const app = await buildServer({
    version,
    access: localAccess,
    limits,
    metrics,
    log,
    retryAfterSeconds: dispatcher.retryAfterSeconds,
    endpoints: [
      recognizeEndpoint({ recognize: dispatcher.askAll, limits, clock: () => new Date() }),
      modelsEndpoint([...chosen.text, ...chosen.face, ...chosen.speech].map(({ contract }) => contract)),
      ...healthEndpoints(version, async () => ({ workers: dispatcher.load().ready, store: true })),
      metricsEndpoint(metrics),
    ],
  });
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await dispatcher.close();
    throw cannotListen(host, port, cause);
  }
  const address = app.server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    load: dispatcher.load,
    pids: () => [...pids],
    async close() {
      await app.close();
      await dispatcher.close();
    },
  };
}

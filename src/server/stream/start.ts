/** Puts the streams of a service together: processes, streams, addresses. */
import { availableParallelism } from "node:os";
import { type StreamProcessOptions, startStreamProcess } from "../../platform/node/stream-process.ts";
import type { Access } from "../access.ts";
import { createHub, type Hub, type HubParts } from "./hub.ts";
import { DEFAULT_STREAM_LIMITS, type StreamLimits } from "./limits.ts";
import { createStreamProcesses, type StreamProcesses } from "./processes.ts";
import { type StreamRoutes, streamRoutes } from "./routes.ts";

export interface StartStreamsOptions
  extends Pick<HubParts, "modalities" | "clock" | "keep" | "lost" | "scenarios" | "store">,
    Pick<StreamProcessOptions, "license"> {
  /** Folder of models, asked whenever a process starts. */
  readonly models: () => string | undefined;
  /** Processes; they start with the first streams. Default: one per core. */
  readonly workers?: number | undefined;
  readonly limits?: Partial<StreamLimits> | undefined;
  readonly access: Access;
  /** A process ended that nobody had told to. */
  readonly ended: (reason: string) => void;
}

export interface StartedStreams extends Pick<Hub, "drain" | "close">, Pick<StreamProcesses, "pids" | "warm" | "renew"> {
  readonly routes: StreamRoutes;
}

export function startStreams(options: StartStreamsOptions): StartedStreams {
  const { models, license, workers = availableParallelism(), access, ended } = options;
  const limits = { ...DEFAULT_STREAM_LIMITS, ...options.limits };
  const processes = createStreamProcesses(
    () => startStreamProcess({ models: models(), license, maxPixels: limits.framePixels, warm: true }),
    workers,
    ended,
  );
  const hub = createHub({ ...options, processes, limits });
  return {
    routes: streamRoutes(hub, limits, access),
    drain: hub.drain,
    close: hub.close,
    pids: processes.pids,
    warm: processes.warm,
    renew: processes.renew,
  };
}

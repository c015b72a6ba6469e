/** `GET /health`: the process lives. `GET /ready`: it can answer. */
import { z } from "zod";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";

export interface Readiness {
  /** Processes that can take work. */
  readonly workers: number;
  readonly store: boolean;
}

export function healthEndpoints(version: string, readiness: () => Promise<Readiness>): Endpoint[] {
  const Ready = z.object({ status: z.enum(["ready", "starting"]), workers: z.int(), store: z.boolean() });
  return [
    endpoint(
      {
        method: "GET",
        path: "/health",
        summary: "Whether the process lives",
        scope: null,
        replies: { 200: { says: "It does.", schema: z.object({ status: z.literal("ok"), version: z.string() }) } },
        fails: [],
      },
      () => ok({ status: "ok", version }),
    ),
    endpoint(
      {
        method: "GET",
        path: "/ready",
        summary: "Whether requests can be answered",
        scope: null,
        replies: {
          200: { says: "They can.", schema: Ready },
          503: { says: "Not yet, or not now.", schema: Ready },
        },
        fails: [],
      },
      async () => {
        const { workers, store } = await readiness();
        const ready = workers > 0 && store;
        return { status: ready ? 200 : 503, body: { status: ready ? "ready" : "starting", workers, store } };
      },
    ),
  ];
}

/** `GET /metrics`: counts and times for Prometheus. */
import { type Endpoint, endpoint, ok } from "../endpoint.ts";
import type { Metrics } from "../metrics.ts";

export function metricsEndpoint(metrics: Metrics): Endpoint {
  return endpoint(
    {
      method: "GET",
      path: "/metrics",
      summary: "Counts and times for Prometheus",
      scope: "read",
      replies: { 200: { says: "The text exposition format.", type: metrics.contentType } },
      fails: [],
    },
    async () => ok(await metrics.render()),
  );
}

/** `GET /v1/scenarios`: what recognition may be for here. */
import { z } from "zod";
import { Scenario } from "../../scenario/scenario.ts";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";
import type { Scenarios } from "../scenarios.ts";

export function scenariosEndpoint(scenarios: Scenarios): Endpoint {
  return endpoint(
    {
      method: "GET",
      path: "/v1/scenarios",
      summary: "List the scenarios: uses with their policy, alerts, retention and consent",
      scope: "read",
      replies: {
        200: { says: "All of them.", schema: z.object({ scenarios: z.array(Scenario.meta({ id: "Scenario" })) }) },
      },
      fails: [],
    },
    () => ok({ scenarios: scenarios.list() }),
  );
}

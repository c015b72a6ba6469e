/** What recognition may be for at the server that this page came from. */
import type { Scenario } from "../../scenario/scenario.ts";
import { serviceFetch } from "./service.ts";

/** @returns none where the server knows none, is of an older release, does not tell without a key, or cannot be reached */
export async function listScenarios(): Promise<readonly Scenario[]> {
  try {
    const reply = await serviceFetch("/v1/scenarios");
    const { scenarios = [] } = (await reply.json()) as { scenarios?: readonly Scenario[] };
    return scenarios;
  } catch {
    return [];
  }
}

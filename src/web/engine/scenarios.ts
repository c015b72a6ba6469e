/** What recognition may be for at the server that this page came from. */
import type { Scenario } from "../../scenario/scenario.ts";
import { serviceFetch } from "./service.ts";

/** @returns none where the server knows none, does not tell without a key, or cannot be reached */
export async function listScenarios(): Promise<readonly Scenario[]> {
  try {
    const reply = await serviceFetch("/v1/scenarios");
    return ((await reply.json()) as { scenarios: readonly Scenario[] }).scenarios;
  } catch {
    return [];
  }
}

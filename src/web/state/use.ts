/** What a person says recognition by the server is for. */
import type { Scenario } from "../../scenario/scenario.ts";
import type { Use } from "../engine/engine.ts";
import type { Place } from "./settings.ts";

/** What was typed; an empty text is none. */
export interface TypedUse {
  readonly scenario: string;
  readonly subject: string;
  readonly jurisdiction: string;
}

export const NO_USE: TypedUse = { scenario: "", subject: "", jurisdiction: "" };

/** What of it is said to the server. */
export function saidUse(typed: TypedUse): Partial<Use> {
  const said = Object.entries(typed).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== ""));
}

/** What a live stream is for; nothing in particular where there is no scenario. */
export interface ChosenUse {
  readonly scenario?: Scenario;
  readonly use?: Use;
}

/** Without a scenario the pseudonym alone is said: by it what the server keeps is found and erased. */
export function chosenUse(place: Place, typed: TypedUse, scenario: Scenario | undefined): ChosenUse {
  if (place === "device") return {};
  if (scenario !== undefined) return { scenario, use: { ...saidUse(typed), scenario: scenario.id } };
  const { subject } = saidUse(typed);
  return subject === undefined ? {} : { use: { subject } };
}

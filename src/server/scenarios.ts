/** The scenarios of a service: found by name, held against what was agreed to, and asked what may be kept. */
import { AffektError } from "../core/errors.ts";
import type { Modality } from "../core/modality.ts";
import { allowedModalities, checkConsent, checkPolicy, type Ground, modalitiesOf } from "../scenario/policy.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { Consent, Store } from "../store/store.ts";
import { Identifier } from "./identifier.ts";

/** Who is looked at, and how. */
interface Looked {
  readonly subject?: string | null | undefined;
  readonly modalities: readonly Modality[];
}

export interface Scenarios {
  list(): readonly Scenario[];
  /** @throws AffektError `not-found` */
  find(id: string): Scenario;
  /** The one that a request names, if any. @throws AffektError `not-found`; `policy` if it must name one */
  named(id: string | undefined): Scenario | undefined;
}

/** @param required whether every request must name one */
export function scenarioList(scenarios: readonly Scenario[], required: boolean): Scenarios {
  const find = (id: string): Scenario => {
    const found = scenarios.find((one) => one.id === id);
    if (found !== undefined) return found;
    throw new AffektError("not-found", `There is no scenario ${JSON.stringify(id)} here.`, "See GET /v1/scenarios.");
  };
  return {
    list: () => scenarios,
    find,
    named(id) {
      if (id !== undefined) return find(id);
      if (!required) return undefined;
      throw new AffektError(
        "policy",
        "This service recognizes nothing without a scenario.",
        "Name one in the field scenario; GET /v1/scenarios lists them.",
      );
    },
  };
}

const same = (a: string, b: string): boolean => a.trim().toUpperCase() === b.trim().toUpperCase();

/**
 * Whether the scenario allows to look at these people: all of them, or nobody.
 *
 * @param jurisdiction whose law is said to apply; otherwise that of the newest consent
 * @throws AffektError `policy`, `unavailable`
 */
export async function admit(
  store: Pick<Store, "validConsents">,
  scenario: Scenario,
  asked: { readonly owner: string; readonly looked: readonly Looked[]; readonly jurisdiction?: string | undefined },
): Promise<void> {
  const { owner, looked, jurisdiction } = asked;
  const people = new Map<string | undefined, Set<Modality>>();
  for (const { subject, modalities } of looked) {
    const whom = subject ?? undefined;
    people.set(whom, new Set([...(people.get(whom) ?? []), ...modalities]));
  }
  const isBiometric = [...people.values()].some((modalities) => modalities.has("face") || modalities.has("speech"));
  if (!isBiometric && !scenario.consent.required) return;
  const names = [...people.keys()].filter((one) => one !== undefined);
  const newest = new Map<string, Consent>();
  for (const consent of await store.validConsents(owner, scenario.id, names)) {
    const fits = jurisdiction === undefined || same(consent.jurisdiction, jurisdiction);
    if (fits && !newest.has(consent.subject)) newest.set(consent.subject, consent);
  }
  for (const [whom, modalities] of people) {
    const consent: Ground | undefined = whom === undefined ? undefined : newest.get(whom);
    checkConsent(scenario, consent, whom === undefined ? "somebody who is not named" : JSON.stringify(whom));
    checkPolicy(scenario, [...modalities], consent ?? { jurisdiction });
  }
}

/** An utterance that somebody asks about. */
type Item = Parameters<typeof modalitiesOf>[0] & Pick<Looked, "subject">;

/**
 * The same for utterances that were sent.
 *
 * @returns what may be looked at
 * @throws AffektError `policy`, `unavailable`
 */
export async function admitItems(
  store: Pick<Store, "validConsents">,
  scenario: Scenario,
  asked: {
    readonly owner: string;
    readonly items: readonly Item[];
    readonly modalities?: readonly Modality[] | undefined;
    readonly jurisdiction?: string | undefined;
  },
): Promise<readonly Modality[]> {
  const { owner, items, modalities, jurisdiction } = asked;
  const allowed = allowedModalities(scenario, modalities);
  const looked = items.map((item) => ({ subject: item.subject, modalities: modalitiesOf(item, allowed) }));
  await admit(store, scenario, { owner, looked, jurisdiction });
  return allowed;
}

/** Fields of a request, checked. */
export const scenarioFields = {
  scenario: Identifier.optional().meta({ description: "Use case whose rules apply; see GET /v1/scenarios." }),
  jurisdiction: Identifier.optional().meta({
    description: "Whose law applies, such as DE or US-CA: with a scenario, where no consent says so.",
  }),
};

const DAY_MS = 86_400_000;

/** Whether the scenario lets an answer be kept, and until when. */
export function keeping(
  { keep: { what, days } }: Scenario,
  now: Date,
  alerts: readonly unknown[] | undefined,
): { readonly mayKeep: boolean; readonly keepUntil: Date } {
  const mayKeep = what === "answers" || (what === "alerts" && (alerts ?? []).length > 0);
  return { mayKeep, keepUntil: new Date(now.getTime() + days * DAY_MS) };
}

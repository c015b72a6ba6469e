/** A recognizer that keeps to a scenario: its modalities, labels, threshold, policy and alerts. */
import { AffektError } from "../core/errors.ts";
import type { Inputs, Prediction } from "../core/prediction.ts";
import type { Alert } from "../scenario/alerts.ts";
import { alertsOf, applyScenario } from "../scenario/apply.ts";
import { allowedModalities, checkPolicy, modalitiesOf } from "../scenario/policy.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { OpenRecognizer, Tools } from "./tools.ts";

export interface ScenarioOptions {
  readonly scenario?: string;
  /** Folder of scenarios beside the shipped ones. */
  readonly scenarios?: string;
  /** Whose law applies. */
  readonly jurisdiction?: string;
  /** On which legal basis: whoever names one says that it is recorded. */
  readonly basis?: string;
}

/** A prediction with what its scenario makes of it. */
export type RuledPrediction = Prediction & { readonly scenario: string; readonly alerts: readonly Alert[] };

/** @throws AffektError `usage` if there is none of this name, `config`, `file` */
export async function findScenario(options: ScenarioOptions, tools: Tools): Promise<Scenario | undefined> {
  const { scenario: id, scenarios: folder } = options;
  if (id === undefined) return undefined;
  const all = await tools.loadScenarios(folder);
  const found = all.find((one) => one.id === id);
  if (found !== undefined) return found;
  throw new AffektError(
    "usage",
    `There is no scenario ${JSON.stringify(id)}.`,
    `There are ${all.map((one) => one.id).join(", ")}; your own lie in a folder that --scenarios names.`,
  );
}

export function underScenario(
  recognizer: OpenRecognizer,
  scenario: Scenario,
  { jurisdiction, basis }: ScenarioOptions,
): OpenRecognizer {
  const modalities = allowedModalities(scenario, undefined);

  function check(inputs: Inputs): void {
    if (scenario.consent.required && basis === undefined) {
      throw new AffektError(
        "policy",
        `The scenario ${scenario.id} needs the consent of whom it is about, or another legal basis.`,
        "Pass --basis (consent, medical, …) once it is recorded, and --jurisdiction.",
      );
    }
    checkPolicy(scenario, modalitiesOf(inputs, modalities), { jurisdiction, basis });
  }

  function ruled(prediction: Prediction): RuledPrediction {
    const alerts = alertsOf(scenario, prediction);
    return { ...applyScenario(scenario, prediction), scenario: scenario.id, alerts };
  }

  return {
    ...recognizer,
    async recognize(inputs) {
      check(inputs);
      return ruled(await recognizer.recognize(inputs, { modalities }));
    },
    async recognizeSettled(many) {
      const checked = await Promise.allSettled(many.map(async (inputs) => check(inputs)));
      const allowed = many.filter((_, index) => checked[index]?.status === "fulfilled");
      const results = (allowed.length === 0 ? [] : await recognizer.recognizeSettled(allowed, { modalities })).values();
      return checked.map((one): PromiseSettledResult<Prediction> => {
        if (one.status === "rejected") return one;
        const result = results.next().value as PromiseSettledResult<Prediction>;
        return result.status === "fulfilled" ? { status: "fulfilled", value: ruled(result.value) } : result;
      });
    },
  };
}

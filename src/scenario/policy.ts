/**
 * What a scenario may be used for, and where. It fails closed: what is not known to be allowed is refused.
 *
 * Source: Regulation (EU) 2024/1689 (AI Act). Article 5(1)(f) forbids systems that infer emotions of a natural person
 * from biometric data at the workplace and in education institutions, except for medical or safety reasons; Article
 * 3(39) defines such systems by biometric data, so that written text is outside of it.
 */
import { AffektError } from "../core/errors.ts";
import type { Modality } from "../core/modality.ts";
import type { Inputs } from "../core/prediction.ts";
import { OUTSIDE_EU } from "./outside-eu.ts";
import type { Scenario } from "./scenario.ts";

/** What is recorded of a person, or said by whoever asks. */
export interface Ground {
  /** Whose law applies, as ISO 3166 (`DE`, `US-CA`), or `EU`. */
  readonly jurisdiction?: string | undefined;
  /** The legal basis, such as `consent`, `medical` or `safety`. */
  readonly basis?: string | undefined;
}

const FORBIDDEN_SETTINGS: readonly Scenario["setting"][] = ["workplace", "education"];
const EXCEPTED_BASES: readonly string[] = ["medical", "safety"];

/** The EEA counts as well, where the Act is relevant; so does a place that is not known. */
function isUnderEuLaw(jurisdiction: string): boolean {
  const [country = ""] = jurisdiction
    .trim()
    .toUpperCase()
    .split(/[-_\s]/u);
  return !OUTSIDE_EU.includes(country);
}

/** What is looked at of these inputs. */
export function modalitiesOf(
  { text, image, audio, video }: { readonly [kind in keyof Inputs]?: unknown },
  wanted: readonly Modality[],
): readonly Modality[] {
  const there: Readonly<Record<Modality, boolean>> = {
    text: text !== undefined,
    face: image !== undefined || video !== undefined,
    speech: audio !== undefined || video !== undefined,
  };
  return wanted.filter((modality) => there[modality]);
}

/** What may be looked at: what the scenario does, and of that what was asked for. @throws AffektError `policy` */
export function allowedModalities(
  { id, modalities }: Scenario,
  asked: readonly Modality[] | undefined,
): readonly Modality[] {
  const allowed = modalities.filter((modality) => asked === undefined || asked.includes(modality));
  if (allowed.length > 0) return allowed;
  throw new AffektError(
    "policy",
    `The scenario ${id} looks at ${modalities.join(", ")} only; asked for was ${asked?.join(", ")}.`,
    "Ask for one of those, or use another scenario.",
  );
}

/** @param modalities that are looked at @throws AffektError `policy` */
export function checkPolicy({ id, setting }: Scenario, modalities: readonly Modality[], ground: Ground): void {
  const biometric = modalities.filter((modality) => modality !== "text");
  if (biometric.length === 0) return;
  const { jurisdiction, basis } = ground;
  if (jurisdiction === undefined) {
    throw new AffektError(
      "policy",
      `The scenario ${id} looks at ${biometric.join(" and ")}, and nothing says whose law applies.`,
      "Name the jurisdiction (such as DE or US-CA), in the request or in the person's consent.",
    );
  }
  if (!FORBIDDEN_SETTINGS.includes(setting) || !isUnderEuLaw(jurisdiction)) return;
  if (basis !== undefined && EXCEPTED_BASES.includes(basis.trim().toLowerCase())) return;
  throw new AffektError(
    "policy",
    `In the European Union nobody's emotions may be inferred from ${biometric.join(" and ")} in ${setting === "education" ? "education" : "the workplace"}, except for medical or safety reasons (AI Act, Article 5(1)(f)).`,
    "Do not do it. Text alone is outside this ban; a medical or safety reason must be recorded as the basis of a consent.",
  );
}

/** @throws AffektError `policy` if somebody must have agreed and nobody knows of it */
export function checkConsent({ id, consent }: Scenario, ground: Ground | undefined, whom: string): void {
  if (!consent.required || ground !== undefined) return;
  throw new AffektError(
    "policy",
    `The scenario ${id} needs a consent, and there is none of ${whom}.`,
    `Record it with POST /v1/consents, purpose ${JSON.stringify(id)}, and name the subject.`,
  );
}

/** Which of the models at hand a recognizer uses. */
import { AffektError } from "../core/errors.ts";
import type { Modality } from "../core/modality.ts";
import type { Contract } from "./contract.ts";

export interface ModelChoice {
  /** `permissive` leaves out models whose training data restrict their use. Default `any`. */
  readonly license?: "any" | "permissive" | undefined;
  /** Only the models with these ids. Default: all. */
  readonly ids?: readonly string[] | undefined;
}

/** Whether its terms, and those of everything that it was trained on, allow commercial use. */
export function isPermissive({ licence, sources }: Contract): boolean {
  return licence.commercial && sources.every(({ commercial }) => commercial !== false);
}

/** The shortest id first: `text` before `text-permissive`, which is there for those who must. */
function preferred<T extends { readonly contract: Contract }>(models: readonly T[]): T[] {
  return [...models].sort(
    ({ contract: a }, { contract: b }) => a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}

/**
 * One model for the face and one for speech; for text as many as the languages need.
 *
 * @throws AffektError `model` if an id is not there
 */
export function chooseModels<T extends { readonly contract: Contract }>(
  models: readonly T[],
  choice: ModelChoice = {},
): { readonly [M in Modality]: readonly T[] } {
  for (const id of choice.ids ?? []) {
    const named = models.find(({ contract }) => contract.id === id)?.contract;
    if (named?.modality === "fusion") {
      throw new AffektError(
        "model",
        `The model ${id} answers on ready-made features, which a recognizer does not make from text, pictures and sound.`,
        "Choose models of text, face and speech; their answers are pooled.",
      );
    }
    if (named?.modality === "multimodal") {
      throw new AffektError(
        "model",
        `The model ${id} reads text, face and voice in one network; a recognizer serves one network for each.`,
        "Choose models of text, face and speech; their answers are pooled.",
      );
    }
    if (named !== undefined) continue;
    throw new AffektError(
      "model",
      `There is no model ${id}; there is ${models.map(({ contract }) => contract.id).join(", ") || "none"}.`,
      "Name one of these (`affekt models` lists them), or another folder.",
    );
  }
  const allowed = preferred(
    models.filter(
      ({ contract }) =>
        (choice.license !== "permissive" || isPermissive(contract)) &&
        (choice.ids === undefined || choice.ids.includes(contract.id)),
    ),
  );
  const of = (modality: Modality): T[] => allowed.filter(({ contract }) => contract.modality === modality);
  const texts: T[] = [];
  const covered = new Set<string>();
  for (const model of of("text")) {
    if (model.contract.modality !== "text") continue;
    const { languages } = model.contract.input;
    if (languages.every((language) => covered.has(language))) continue;
    for (const language of languages) covered.add(language);
    texts.push(model);
  }
  return { text: texts, face: of("face").slice(0, 1), speech: of("speech").slice(0, 1) };
}

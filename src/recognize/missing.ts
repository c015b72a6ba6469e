/** What a choice of models can no longer do: said wherever models were left out for their terms. */
import { MODALITIES, type Modality } from "../core/modality.ts";
import { chooseModels, type ModelChoice } from "./choose-models.ts";
import type { Contract } from "./contract.ts";
import type { Absent } from "./evidence.ts";

/** A model that is at hand, that would be used, and that nothing stands in for. */
export interface MissingPart {
  readonly modality: Modality;
  /** Of text: the languages that nobody reads now, as ISO 639-1. */
  readonly languages?: readonly string[];
  readonly model: string;
  /** The terms for which it was left out. */
  readonly terms: string;
}

const NAMES: Readonly<Record<Modality, string>> = { text: "text", face: "faces", speech: "speech" };

const languagesOf = (contract: Contract): readonly string[] =>
  contract.modality === "text" ? contract.input.languages : [];

/**
 * What the choice leaves out and would be used under any terms, in order of modality.
 *
 * @throws AffektError `model` if an id of the choice is not there
 */
export function missingParts(
  models: readonly { readonly contract: Contract }[],
  choice: ModelChoice,
): readonly MissingPart[] {
  if (choice.license !== "permissive") return [];
  const chosen = chooseModels(models, choice);
  const all = chooseModels(models, { ...choice, license: "any" });
  const read = new Set(chosen.text.flatMap(({ contract }) => languagesOf(contract)));
  return MODALITIES.flatMap((modality) =>
    all[modality].flatMap(({ contract }): MissingPart[] => {
      const part = { modality, model: contract.id, terms: contract.licence.terms };
      if (modality !== "text") return chosen[modality].length > 0 ? [] : [part];
      const languages = languagesOf(contract).filter((language) => !read.has(language));
      return languages.length === 0 ? [] : [{ ...part, languages }];
    }),
  );
}

/** One line a part: `faces: face is left out (terms: …)`. */
export function describeMissing(part: MissingPart): string {
  const what =
    part.languages === undefined ? NAMES[part.modality] : `${NAMES[part.modality]} in ${part.languages.join(", ")}`;
  return `${what}: ${part.model} is left out (terms: ${part.terms})`;
}

/** The part that would have read this; for text by its language. */
export function missingFor(
  parts: readonly MissingPart[],
  modality: Modality,
  language?: string,
): MissingPart | undefined {
  return parts.find(
    (part) =>
      part.modality === modality &&
      (part.languages === undefined || (language !== undefined && part.languages.includes(language))),
  );
}

/** A modality that was given, but that no model here recognizes: the others are still used. */
export function noPart(what: string, modality: Modality, missing?: MissingPart): Absent {
  if (missing !== undefined) {
    return {
      code: "model",
      reason: `Nothing is there for ${describeMissing(missing)}.`,
      hint: "Use a model under terms that you can accept, or ask without --license permissive.",
    };
  }
  return {
    code: "model",
    reason: `There is no ${what} to recognize ${modality} with.`,
    hint: "Train or fetch a model (`affekt models` lists those that are here), or leave this input out.",
  };
}

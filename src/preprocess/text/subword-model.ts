/** What training leaves of a subword vocabulary: plain JSON, small enough for a model file's metadata. */
import { AffektError } from "../../core/errors.ts";
import { MARKERS } from "./pretokens.ts";

/** Ids run through `MARKERS`, then `symbols`, `characters`, and one per merge, in that order. */
export interface SubwordModel {
  readonly format: "affekt-subwords";
  readonly version: 1;
  /** Whole symbols (emoji, punctuation, bracket tokens, frequent numbers), most frequent first. */
  readonly symbols: readonly string[];
  /** Base characters of words; `WORD_START` is the first. */
  readonly characters: readonly string[];
  /** `[left, right, left, right, …]`: the ids joined by each merge, best merge first. */
  readonly merges: readonly number[];
}

/** Stands before the first letter of every word that is not Chinese, as in SentencePiece. */
export const WORD_START = "▁";

/** The text of every id. @throws AffektError `contract` if the model is of another format or version, or damaged */
export function piecesOf(model: SubwordModel): string[] {
  if (model.format !== "affekt-subwords" || model.version !== 1) {
    throw new AffektError(
      "contract",
      `Expected a subword model of format affekt-subwords, version 1; received ${model.format}, version ${model.version}.`,
      "Train the tokenizer again with this version, or use the version that made it.",
    );
  }
  const pieces: string[] = [...MARKERS, ...model.symbols, ...model.characters];
  for (let at = 0; at < model.merges.length; at += 2) {
    const left = pieces[model.merges[at] ?? -1];
    const right = pieces[model.merges[at + 1] ?? -1];
    if (left === undefined || right === undefined) {
      throw new AffektError(
        "contract",
        `Merge ${at / 2} of the subword model joins ids that do not exist yet.`,
        "The file is damaged: fetch or train it again.",
      );
    }
    pieces.push(left + right);
  }
  return pieces;
}

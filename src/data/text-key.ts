/** When two texts count as the same: width, case, blanks and punctuation do not matter. */

/** A text of punctuation or emoji only is its own key. */
export function textKey(text: string): string {
  const plain = text.normalize("NFKC").toLowerCase();
  const letters = plain.replace(/[^\p{L}\p{N}]+/gu, "");
  return letters === "" ? plain.replace(/\s+/gu, "") : letters;
}

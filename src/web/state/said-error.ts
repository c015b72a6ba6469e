/** A problem that this page itself found and says in the person's language, whichever is chosen when it is read. */
import { type Key, translate } from "../strings.ts";

export type Values = Readonly<Record<string, string | number>>;

export class SaidError extends Error {
  override readonly name = "SaidError";
  readonly title: Key;
  /** What was expected, or what can be done. */
  readonly hint: Key;
  readonly values: Values;

  /** The message is in English, as exports have it. */
  constructor(title: Key, hint: Key, values: Values = {}) {
    super(translate("en", title, values));
    this.title = title;
    this.hint = hint;
    this.values = values;
  }
}

/** JSON from text, and where it goes wrong: `JSON.parse` tells the place in some engines and for some mistakes only. */

/** What JSON is made of; white space before it. */
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)))/uy;

const expectedAt = {
  value: "a value",
  first: "a value or ]",
  name: "a name in double quotes",
  firstName: "a name in double quotes, or }",
  colon: "a colon",
  next: "a comma or the end",
  end: "nothing more",
} as const;

type State = keyof typeof expectedAt;

export interface JsonMistake {
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly received: string;
  readonly expected: string;
}

export interface NotJsonOptions {
  /** Whether the text is a file of its own, whose lines count, and not a line of one. Default true. */
  readonly lines?: boolean;
  /** Whether words of the text may stand in the message: not where people wrote them. Default `lines`. */
  readonly quotes?: boolean;
}

/** What other languages write for a value: they say nothing of a person. */
const FOREIGN = /^(?:[+-]?(?:NaN|Infinity|nan|inf)|None|True|False|undefined)$/;

function receivedAt(rest: string, { lines = true, quotes = lines }: NotJsonOptions): string {
  if (rest === "") return `the end of the ${lines ? "file" : "line"}`;
  const word = /^(?:[\w.+-]+|"[^"\n]*|[\p{L}\p{N}\p{P}\p{S}])/u.exec(rest)?.[0];
  // Spaces that JSON does not know and control characters do not show themselves.
  if (word === undefined) {
    const code = (rest.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `the character U+${code}`;
  }
  if (quotes || FOREIGN.test(word) || /^[\p{P}\p{S}]$/u.test(word)) return word.slice(0, 40);
  if (word.startsWith('"')) return "a text";
  return /^[+-]?[.\d]/.test(word) ? "a number" : "a word";
}

function at(text: string, offset: number, state: State, options: NotJsonOptions): JsonMistake {
  const lines = text.slice(0, offset).split("\n");
  return {
    line: lines.length,
    column: (lines.at(-1) ?? "").length + 1,
    received: receivedAt(text.slice(offset), options),
    expected: expectedAt[state],
  };
}

/** How a sentence goes on about a text that is not JSON: "is not JSON: line 2, column 3 has }; expected a value". */
export function notJson(text: string, options: NotJsonOptions = {}): string {
  const mistake = jsonMistake(text, options);
  if (mistake === undefined) return "is not JSON";
  const { line, column, received, expected } = mistake;
  return `is not JSON: ${(options.lines ?? true) ? `line ${line}, ` : ""}column ${column} has ${received}; expected ${expected}`;
}

/** Where a text stops being JSON; undefined if it does not. */
export function jsonMistake(text: string, options: NotJsonOptions = {}): JsonMistake | undefined {
  const open: ("{" | "[")[] = [];
  let state: State = "value";
  let offset = 0;
  const closed = (): State => (open.length === 0 ? "end" : "next");
  const step = (mark: string | undefined, string: string | undefined): State | undefined => {
    if (mark === undefined) {
      if (state === "value" || state === "first") return closed();
      return string !== undefined && (state === "name" || state === "firstName") ? "colon" : undefined;
    }
    if (mark === ":") return state === "colon" ? "value" : undefined;
    if (mark === ",") return state === "next" ? (open.at(-1) === "{" ? "name" : "value") : undefined;
    if (mark === "{" || mark === "[") {
      if (state !== "value" && state !== "first") return undefined;
      open.push(mark);
      return mark === "{" ? "firstName" : "first";
    }
    const fits = open.at(-1) === (mark === "}" ? "{" : "[");
    if (!fits || !(state === "next" || state === (mark === "}" ? "firstName" : "first"))) return undefined;
    open.pop();
    return closed();
  };
  for (;;) {
    TOKEN.lastIndex = offset;
    const found = TOKEN.exec(text);
    const next = found === null ? undefined : step(found[1], found[2]);
    if (found === null || next === undefined) {
      const start = offset + (/^[ \t\n\r]*/u.exec(text.slice(offset))?.[0].length ?? 0);
      return start === text.length && state === "end" ? undefined : at(text, start, state, options);
    }
    state = next;
    offset = TOKEN.lastIndex;
  }
}

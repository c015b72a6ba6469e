/** HTML as a value: everything that is put into a template is escaped, unless it is markup already. */
import { displayLabel } from "../../core/labels.ts";

export interface Markup {
  readonly markup: string;
}

export type Piece = Markup | string | number | null | undefined | false | readonly Piece[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it can stand in an element or a quoted attribute. Characters that HTML forbids become U+FFFD. */
export function escaped(text: string): string {
  return text
    .replace(/[&<>"']/gu, (character) => ESCAPES[character] as string)
    .replace(/[\p{Cc}\p{Cs}]/gu, (character) => (/[\t\n\r]/u.test(character) ? " " : "\ufffd"));
}

function written(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return "";
  if (typeof piece === "string") return escaped(piece);
  if (typeof piece === "number") return String(piece);
  return "markup" in piece ? piece.markup : piece.map(written).join("");
}

/** A template: html`<p>${text}</p>`. Nothing is left of null, undefined and false; lists are joined. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return { markup: strings.map((part, at) => part + written(pieces[at])).join("") };
}

/** In both languages; the switch of the page shows one. */
export function both(english: Piece, chinese: Piece): Markup {
  return html`<span class="en" lang="en">${english}</span><span class="zh" lang="zh">${chinese}</span>`;
}

/** The same inside of SVG, where text has no spans. */
export function bothInPicture(english: Piece, chinese: Piece): Markup {
  return html`<tspan class="en" lang="en">${english}</tspan><tspan class="zh" lang="zh">${chinese}</tspan>`;
}

/** The name of a label; several are joined by `+`, and no label at all is a dash. */
export function labelName(label: string): Markup {
  if (label === "") return html`–`;
  const names = label.split("+");
  const inLanguage = (language: "en" | "zh"): string => names.map((name) => displayLabel(name, language)).join(" + ");
  const [english, chinese] = [inLanguage("en"), inLanguage("zh")];
  return english === chinese ? html`${english}` : both(english, chinese);
}

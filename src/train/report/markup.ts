/** Elements of HTML and SVG as text. Text and attribute values are escaped here and nowhere else. */

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Plain text, made safe. */
export function text(value: string | number): string {
  return String(value).replace(/[&<>"]/gu, (character) => ENTITIES[character] as string);
}

/** @param children markup; give plain text through `text` */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    const shown = typeof value === "number" ? Number(value.toFixed(2)) : value;
    return ` ${key}="${text(shown)}"`;
  });
  // The only element here that HTML knows no end of.
  if (name === "input") return `<${name}${written.join("")}>`;
  return `<${name}${written.join("")}>${children.join("")}</${name}>`;
}

/** The same in both languages of the report. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** Plain text in both languages, of which the switch of the page shows one; `tspan` inside of a picture. */
export function both({ en, zh }: Words, tag: "span" | "tspan" = "span"): string {
  if (en === zh) return text(en);
  return `${element(tag, { class: "en", lang: "en" }, text(en))}${element(tag, { class: "zh", lang: "zh" }, text(zh))}`;
}

/** Where there is no room for a switch. */
export function side({ en, zh }: Words): string {
  return en === zh ? en : `${en} · ${zh}`;
}

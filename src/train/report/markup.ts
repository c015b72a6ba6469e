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
  return `<${name}${written.join("")}>${children.join("")}</${name}>`;
}

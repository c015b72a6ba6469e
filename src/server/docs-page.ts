/** The OpenAPI document as a page for people. No script and nothing from elsewhere, so that it may be served anywhere. */
import { createHash } from "node:crypto";
import type { OpenApi } from "./openapi.ts";

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-family: ui-monospace, monospace; font-size: 1.1rem; border-top: 1px solid #8886; padding-top: 1.5rem; }
h2 b { display: inline-block; min-width: 4.5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8883; }
pre { overflow: auto; padding: .75rem; background: #8881; border-radius: .4rem; font-size: .85rem; }
summary { cursor: pointer; }
`;

/** Lets the page use its own style and nothing else. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

type Json = Readonly<Record<string, unknown>>;

function escape(text: unknown): string {
  return String(text).replace(/[&<>"]/gu, (sign) => `&#${sign.charCodeAt(0)};`);
}

function details(title: string, value: unknown): string {
  return `<details><summary>${escape(title)}</summary><pre>${escape(JSON.stringify(value, null, 2))}</pre></details>`;
}

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (tag: string, cells: readonly unknown[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join("")}</tr>`;
  return `<table>${line("th", head)}${rows.map((row) => line("td", row)).join("")}</table>`;
}

function operation(method: string, path: string, described: Json): string {
  const parameters = (described.parameters ?? []) as readonly Json[];
  const body = described.requestBody as { content: Readonly<Record<string, { schema: unknown }>> } | undefined;
  const replies = described.responses as Readonly<Record<string, Json>>;
  return [
    `<section><h2><b>${escape(method.toUpperCase())}</b> ${escape(path)}</h2>`,
    `<p><strong>${escape(described.summary)}.</strong> ${escape(described.description ?? "")}</p>`,
    parameters.length === 0
      ? ""
      : table(
          ["parameter", "in", "required", "type", ""],
          parameters.map((one) => [
            one.name,
            one.in,
            one.required === true ? "yes" : "",
            (one.schema as Json).type ?? "",
            one.description ?? "",
          ]),
        ),
    ...Object.entries(body?.content ?? {}).map(([type, { schema }]) => details(`Body: ${type}`, schema)),
    table(
      ["status", "answer"],
      Object.entries(replies).map(([status, reply]) => [status, reply.description]),
    ),
    "</section>",
  ].join("");
}

export function docsPage(document: OpenApi): string {
  const sections = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operation(method, path, described)),
  );
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => details(name, schema));
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>affekt ${escape(document.info.version)}</title><style>${STYLE}</style></head><body><h1>affekt ${escape(document.info.version)}</h1>
<p>${escape(document.info.description)} Machines read <a href="/openapi.json">/openapi.json</a>.</p>
${sections.join("\n")}<section><h2>Schemas</h2>${schemas.join("\n")}</section></body></html>`;
}

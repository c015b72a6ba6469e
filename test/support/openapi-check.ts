/** Holds what goes over the wire against an OpenAPI document. */
import { z } from "zod";

// biome-ignore lint/suspicious/noExplicitAny: any JSON
type Json = any;

export interface OpenApiCheck {
  /** The schema of a JSON body. @throws if the document has none */
  body(method: string, path: string): z.ZodType;
  reply(method: string, path: string, status: number): z.ZodType;
  /** Names of the query parameters. */
  query(method: string, path: string): readonly string[];
  /** The path of the document that an address belongs to. @throws if there is none */
  pathOf(method: string, address: string): string;
  /** A property of an object that a reply is described by. */
  part(method: string, path: string, status: number, property: string): z.ZodType;
}

export function openApiCheck(document: Json): OpenApiCheck {
  // Patterns of JSON Schema are Unicode ones; zod reads them as others, so that those with classes are left out.
  const withoutClasses = (key: string, value: unknown): unknown =>
    key === "pattern" && typeof value === "string" && value.includes("\\p{") ? undefined : value;
  const inDefs = (value: Json): Json =>
    JSON.parse(JSON.stringify(value, withoutClasses).replaceAll("#/components/schemas/", "#/$defs/"));
  const $defs = inDefs(document.components.schemas);
  const zodOf = (schema: Json): z.ZodType => z.fromJSONSchema({ ...inDefs(schema), $defs });
  const operation = (method: string, path: string): Json => {
    const found = document.paths[path]?.[method.toLowerCase()];
    if (found === undefined) throw new Error(`the document has no ${method} ${path}`);
    return found;
  };
  const replySchema = (method: string, path: string, status: number): Json =>
    operation(method, path).responses[status].content["application/json"].schema;
  return {
    body: (method, path) => zodOf(operation(method, path).requestBody.content["application/json"].schema),
    reply: (method, path, status) => zodOf(replySchema(method, path, status)),
    part: (method, path, status, property) => zodOf(replySchema(method, path, status).properties[property]),
    query: (method, path) =>
      (operation(method, path).parameters ?? []).filter((one: Json) => one.in === "query").map((one: Json) => one.name),
    pathOf(method, address) {
      const found = Object.keys(document.paths).find(
        (path) =>
          new RegExp(`^${path.replace(/\{\w+\}/gu, "[^/]+")}$`, "u").test(address) &&
          document.paths[path][method.toLowerCase()] !== undefined,
      );
      if (found === undefined) throw new Error(`the document has no ${method} ${address}`);
      return found;
    },
  };
}

/** The OpenAPI 3.1 document, made from the same zod schemas that check requests. */
import { z } from "zod";
import type { Endpoint } from "./endpoint.ts";
import { PROBLEM_TYPE, Problem } from "./problem.ts";
import { STATUS_CODES } from "./status-codes.ts";

type Json = Record<string, unknown>;

export interface OpenApi extends Json {
  readonly openapi: "3.1.0";
  readonly info: Json;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const KEY_HEADER: Json = {
  name: "Idempotency-Key",
  in: "header",
  schema: { type: "string", minLength: 1, maxLength: 255 },
  description: "A repeated request with the same key and body gets the first one's answer, for 24 hours.",
};

/** Changes every object inside, the innermost first. */
function deeply(value: unknown, change: (object: Json) => Json): unknown {
  if (Array.isArray(value)) return value.map((one) => deeply(one, change));
  if (typeof value !== "object" || value === null) return value;
  return change(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deeply(inner, change)])));
}

/** In multipart a media file is sent as it is. */
function asFiles(schema: unknown): unknown {
  return deeply(schema, (object) => {
    if (object.contentEncoding !== "base64") return object;
    const { contentEncoding: _, ...rest } = object;
    return { ...rest, contentMediaType: "application/octet-stream", description: "An encoded media file." };
  });
}

export function openApi(endpoints: readonly Endpoint[], version: string): OpenApi {
  const schemas: Record<string, Json> = {};

  /** Named schemas move to `components`. */
  function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
    const {
      $defs,
      $schema: _,
      ...own
    } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json & {
      $defs?: Record<string, Json>;
    };
    const pointed = (inner: unknown): Json =>
      deeply(inner, (object) =>
        typeof object.$ref === "string"
          ? { ...object, $ref: object.$ref.replace("#/$defs/", "#/components/schemas/") }
          : object,
      ) as Json;
    for (const [name, inner] of Object.entries($defs ?? {})) {
      const { id: _id, ...rest } = pointed(inner);
      schemas[name] = rest;
    }
    const { id, ...rest } = pointed(own);
    if (typeof id !== "string") return rest;
    schemas[id] = rest;
    return { $ref: `#/components/schemas/${id}` };
  }

  function parameters(schema: z.ZodType | undefined, where: "path" | "query"): Json[] {
    if (schema === undefined) return [];
    const { properties = {}, required = [] } = schemaOf(schema, "input") as {
      properties?: Record<string, Json>;
      required?: readonly string[];
    };
    return Object.entries(properties).map(([name, { description, ...inner }]) => ({
      name,
      in: where,
      required: required.includes(name),
      schema: inner,
      ...(description === undefined ? {} : { description }),
    }));
  }

  function bodyOf({ body, multipart, forms = {} }: Endpoint): Json {
    if (body === undefined) return {};
    const json = schemaOf(body, "input");
    const content: Json = { "application/json": { schema: json } };
    for (const [type, schema] of Object.entries(forms)) content[type] = { schema };
    if (multipart === true) {
      const [one] = (json.anyOf as Json[] | undefined) ?? [json];
      const name = String(one?.$ref ?? "").replace("#/components/schemas/", "");
      content["multipart/form-data"] = { schema: asFiles(schemas[name] ?? one) };
    }
    return { requestBody: { required: true, content } };
  }

  function replies({ method, replies: own, fails, scope }: Endpoint): Json {
    const found: Record<string, Json> = {};
    for (const [status, { says, schema, type }] of Object.entries(own)) {
      const content = schema === undefined ? {} : { schema: schemaOf(schema, "output") };
      found[status] = {
        description: says,
        ...(schema === undefined && type === undefined ? {} : { content: { [type ?? "application/json"]: content } }),
      };
    }
    const codes = [
      ...fails,
      // Whoever writes may find the disk full.
      ...(method !== "GET" && fails.includes("unavailable") ? (["full"] as const) : []),
      ...(scope === null ? [] : (["unauthorized", "forbidden", "rate"] as const)),
      "internal" as const,
    ];
    for (const status of new Set(codes.map((code) => STATUS_CODES[code]))) {
      const named = codes.filter((code) => STATUS_CODES[code] === status);
      found[status] ??= {
        description: `Problem: ${named.map((code) => `\`${code}\``).join(", ")}.`,
        content: { [PROBLEM_TYPE]: { schema: schemaOf(Problem, "output") } },
      };
    }
    return found;
  }

  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    const { method, path, summary, description, scope, params, query, idempotent } = endpoint;
    const asked = [
      ...parameters(params, "path"),
      ...parameters(query, "query"),
      ...(idempotent === true ? [KEY_HEADER] : []),
    ];
    const said = [description, scope === null ? undefined : `Scope of the key: \`${scope}\`.`]
      .filter(Boolean)
      .join(" ");
    const operation: Json = {
      summary,
      ...(said === "" ? {} : { description: said }),
      operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+(.?)/gu, (_, next: string) => next.toUpperCase())}`,
      ...(scope === null ? { security: [] } : {}),
      ...(asked.length === 0 ? {} : { parameters: asked }),
      ...bodyOf(endpoint),
      responses: replies(endpoint),
    };
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "affekt",
      version,
      description: "Recognizes the emotion that a person appears to express in text, face and speech.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    security: [{ key: [] }],
    paths,
    components: {
      schemas,
      ...{ securitySchemes: { key: { type: "http", scheme: "bearer", description: "An API key of this service." } } },
    },
  };
}

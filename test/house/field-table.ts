/** The fields of a zod schema as rows of a documentation table: path, default, range. */
import { z } from "zod";

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

export interface Field {
  readonly path: string;
  /** JSON, `–` for none, or `required`. */
  readonly default: string;
  readonly range: string;
}

const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

/** `whole ≥ 1`, `> 0`, `[0, 1)`. */
function interval(schema: Schema): string {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const isWhole = type === "integer";
  // Bounds of a whole number that are those of the format say nothing.
  const within = (value: number | undefined) =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
  const from = isWhole && exclusiveMinimum !== undefined ? exclusiveMinimum + 1 : within(minimum);
  const open = isWhole ? undefined : exclusiveMinimum;
  const [low, high] = [from ?? open, within(maximum) ?? exclusiveMaximum];
  const kind = isWhole ? "whole" : "number";
  if (low === undefined && high === undefined) return kind;
  if (high === undefined) return `${kind} ${open === undefined ? "≥" : ">"} ${low}`;
  return `${kind} in ${open === undefined ? "[" : "("}${low}, ${high}${exclusiveMaximum === undefined ? "]" : ")"}`;
}

function rangeOf(schema: Schema): string {
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return [...new Set(options.map(rangeOf))].join(" or ");
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(", ");
  if (schema.type === "array") {
    if (schema.prefixItems !== undefined) return `pair of ${rangeOf(schema.prefixItems[0] as Schema)}`;
    return schema.items === undefined ? "list" : `list of ${rangeOf(schema.items)}`;
  }
  if (schema.type === "object") {
    const { additionalProperties } = schema;
    return typeof additionalProperties === "object" && Object.keys(additionalProperties).length > 0
      ? `object of ${rangeOf(additionalProperties)}`
      : "object";
  }
  if (schema.type === "integer" || schema.type === "number") return interval(schema);
  if (schema.type === "boolean") return "`true`, `false`";
  return schema.type === "string" ? "text" : "any";
}

function walk(schema: Schema, prefix: string, given: unknown): Field[] {
  const defaults = (given ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(schema.properties ?? {}).flatMap(([name, own]): Field[] => {
    const path = `${prefix}${name}`;
    const value = defaults[name] ?? own.default;
    if (own.properties !== undefined) return walk(own, `${path}.`, value);
    const isRequired = schema.required?.includes(name) === true;
    return [{ path, default: value !== undefined ? code(value) : isRequired ? "required" : "–", range: rangeOf(own) }];
  });
}

/** Fields in the order of the schema; objects on the way are opened. */
export function fieldsOf(schema: z.ZodType): Field[] {
  return walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema, "", undefined);
}

/** The variants of a union of named kinds, each with its fields. */
export function kindsOf(schema: z.ZodType): [kind: string, fields: Field[]][] {
  const { oneOf, anyOf } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema;
  return (oneOf ?? anyOf ?? []).map((variant) => [
    String(variant.properties?.kind?.const),
    walk(variant, "", undefined).filter(({ path }) => path !== "kind"),
  ]);
}

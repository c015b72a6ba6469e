/** What zod finds wrong, as a person can mend it: what was received, what is expected, and the nearest name of a slip. */
import { z } from "zod";
import { nearest } from "./nearest.ts";

/** Of a value in a message. */
const LONGEST = 60;

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? "?");
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/** Types in the words of the pages about files. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: "list",
  tuple: "list",
  record: "object",
  int: "whole number",
  boolean: "true or false",
  string: "text",
};

const typeName = (type: string): string => TYPE_NAMES[type] ?? type;

/** The type of a value of JSON, in the same words as what is expected. */
export function receivedType(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return typeName(Array.isArray(value) ? "array" : typeof value);
}

/** How a value that was received stands in a message. */
type Show = (value: unknown) => string;

/**
 * That a value is none of those it may be, and which of them it may be a slip for.
 *
 * @param show of what was received; `receivedType` where people wrote it. By default the value itself
 */
export function oneOf(value: unknown, options: readonly unknown[], show: Show = shown): string {
  const meant = typeof value === "string" ? nearest(value, options.map(String)) : undefined;
  const expected = options.length === 1 ? shown(options[0]) : `one of ${options.map(shown).join(", ")}`;
  return `received ${show(value)}; expected ${expected}${meant === undefined ? "" : ` (did you mean ${shown(meant)}?)`}`;
}

/** That fields are none of those that there are, and which they may be slips for. */
export function unknownFields(fields: readonly string[], known: readonly string[]): string {
  const said = fields.map((field) => {
    const meant = nearest(field, known);
    return `unknown field ${shown(field)}${meant === undefined ? "" : ` (did you mean ${shown(meant)}?)`}`;
  });
  return `${said.join(", ")}${known.length === 0 ? "" : `; known fields: ${known.join(", ")}`}`;
}

/** Names of the fields of an object's schema. */
const fieldsOf = (schema: unknown): readonly string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

/** Values that tell the options of a union apart, or that an object's field may have. */
export function kindsOf(schema: unknown, discriminator = "kind"): unknown[] {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    return schema.options.flatMap((option) => kindsOf(option, discriminator));
  }
  const own: unknown = schema instanceof z.ZodObject ? schema.shape[discriminator] : undefined;
  if (own instanceof z.ZodLiteral) return [...own.values];
  return own instanceof z.ZodEnum ? own.options : [];
}

/** That something else stands where an object with a `kind` does: most often the kind alone. */
export function objectOfKind(value: unknown, kinds: readonly unknown[], show: Show = shown): string {
  const meant = typeof value === "string" ? nearest(value, kinds.map(String)) : undefined;
  const expected =
    meant === undefined
      ? ` with a "kind", ${kinds.length === 1 ? "" : "one of "}${kinds.map(shown).join(", ")}`
      : ` (did you mean { "kind": ${shown(meant)}, … }?)`;
  return `received ${show(value)}; expected object${expected}`;
}

const place = (path: readonly PropertyKey[]): string => (path.length === 0 ? "" : `${path.map(String).join(".")}: `);

/** The option that fits best, by what it finds wrong; words that any option takes are told together. */
function ofUnion(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>, show: Show): string | undefined {
  const { discriminator } = issue as { readonly discriminator?: unknown };
  if (typeof discriminator === "string") {
    const input = issue.input as Readonly<Record<string, unknown>> | undefined;
    const kinds = kindsOf(issue.inst, discriminator);
    if (kinds.length > 0) return oneOf(input?.[discriminator], kinds, show);
  }
  const words = issue.errors.flat().flatMap((own) => (own.code === "invalid_value" ? own.values : []));
  const isObject = typeof issue.input === "object" && issue.input !== null && !Array.isArray(issue.input);
  if (!isObject && words.length > 0) return oneOf(issue.input, words, show);
  const types = issue.errors.map(([own]) =>
    own?.code === "invalid_type" && own.path.length === 0 ? own.expected : "",
  );
  if (types.length > 0 && types.every((type) => type !== "")) {
    return `received ${show(issue.input)}; expected ${types.map(typeName).join(" or ")}`;
  }
  // An option that takes no objects at all has nothing to say about one.
  const fitting = issue.errors.filter((own) => !own.some(({ path }) => path.length === 0) || own.length > 1);
  const [best] = (fitting.length > 0 ? fitting : issue.errors).toSorted((a, b) => a.length - b.length);
  return best?.map(({ path, message }) => `${place(path)}${message}`).join(", ");
}

/** Of texts and lists the length counts. */
function amount({ origin }: { readonly origin: string }, bound: string, limit: number | bigint): string {
  const unit = { string: " characters", array: " items", set: " items", object: " fields" }[origin] ?? "";
  return `${bound} ${limit}${unit}`;
}

function explain(issue: z.core.$ZodRawIssue, show: Show): string | undefined {
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownFields(issue.keys, fieldsOf(issue.inst));
    case "invalid_value":
      return oneOf(issue.input, issue.values, show);
    case "invalid_union":
      return ofUnion(issue as z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>, show);
    case "invalid_type": {
      const kinds = issue.expected === "object" && issue.input !== undefined ? kindsOf(issue.inst) : [];
      if (kinds.length > 0) return objectOfKind(issue.input, kinds, show);
      return `received ${show(issue.input)}; expected ${typeName(issue.expected)}`;
    }
    case "too_small":
      return `received ${show(issue.input)}; expected ${amount(issue, issue.inclusive === false ? "more than" : "at least", issue.minimum)}`;
    case "too_big":
      return `received ${show(issue.input)}; expected ${amount(issue, issue.inclusive === false ? "less than" : "at most", issue.maximum)}`;
    case "invalid_format":
      return `received ${show(issue.input)}; expected ${issue.pattern === undefined ? issue.format : `what fits ${issue.pattern}`}`;
    default:
      return undefined;
  }
}

/**
 * For `schema.safeParse(value, { error: explainIssue })`. Messages that a schema has of its own go before it. What was
 * received stands in the message: `explainContent` is for what people wrote or sent.
 */
export const explainIssue = (issue: z.core.$ZodRawIssue): string | undefined => explain(issue, shown);

/** As `explainIssue`, with the type alone of what was received, so that nothing that people wrote gets into a log. */
export const explainContent = (issue: z.core.$ZodRawIssue): string | undefined => explain(issue, receivedType);

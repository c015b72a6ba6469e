/** The settings that a search may choose from: fields of a training's configuration, by path. */
import { z } from "zod";
import { checkValue } from "../../core/check-value.ts";
import { AffektError } from "../../core/errors.ts";
import type { Random } from "../../core/random.ts";

const number = z.number();
const range = <T extends z.ZodNumber>(kind: T) =>
  z.tuple([kind, kind]).refine((ends) => Number(ends[0]) <= Number(ends[1]), "its first end is above its second");

const KINDS = ["choice", "uniform", "log", "integer"];

/** Told before the kinds are tried: of an object that is none of them, only one could be told as what was meant. */
const OneKind = z
  .record(z.string(), z.unknown())
  .refine(
    (given) => Object.keys(given).length === 1 && KINDS.includes(Object.keys(given)[0] as string),
    `must have one of ${KINDS.join(", ")}, and nothing else`,
  );

const Range = z.union([
  z.strictObject({ choice: z.array(z.json()).min(1) }),
  z.strictObject({ uniform: range(number) }),
  /** Evenly over the logarithm: for rates, decays and penalties. */
  z.strictObject({ log: range(z.number().positive()) }),
  /** Both ends included. */
  z.strictObject({ integer: range(z.int()) }),
]);

const Choice = OneKind.pipe(Range);

/** `{ "training.learningRate": { "log": [1e-4, 1e-2] }, "network.dropout": { "choice": [0.2, 0.4] } }` */
const Space = z.record(z.string().regex(/^[A-Za-z]\w*(\.\w+)*$/u, "is no path of fields"), Choice);

export type Space = z.infer<typeof Space>;
export type Settings = Readonly<Record<string, z.core.util.JSONType>>;

/** What the search itself decides or must not change. */
const FORBIDDEN = /^(id|version|modality|labels|data|folds|validationShare|training\.(epochs|seed|threads))(\.|$)/u;

/** @throws AffektError `config`, naming every wrong path */
export function parseSpace(value: unknown, name = "The space"): Space {
  const checked = checkValue(Space, value);
  const paths = "data" in checked ? Object.keys(checked.data) : [];
  const problems =
    "data" in checked
      ? paths
          .filter((path) => FORBIDDEN.test(path))
          .map((path) => `${path}: cannot be searched, as trials would not be comparable`)
      : [...checked.problems];
  if ("data" in checked && paths.length === 0) problems.push("file: names no field");
  if ("data" in checked && problems.length === 0) return checked.data;
  throw new AffektError(
    "config",
    `${name} is wrong: ${problems.join("; ")}.`,
    'Each path has one of choice, uniform, log and integer: { "training.learningRate": { "log": [1e-4, 1e-2] } }.',
  );
}

/** Four significant digits, so that a configuration stays readable. */
const rounded = (value: number): number => Number(value.toPrecision(4));

/** One setting for each path, in the order of the space. */
export function drawSettings(space: Space, random: Random): Settings {
  const out: Record<string, z.core.util.JSONType> = {};
  for (const [path, choice] of Object.entries(space)) {
    if ("choice" in choice) out[path] = choice.choice[random.integer(choice.choice.length)] ?? null;
    else if ("uniform" in choice) out[path] = rounded(random.uniform(...choice.uniform));
    else if ("log" in choice) {
      out[path] = rounded(Math.exp(random.uniform(Math.log(choice.log[0]), Math.log(choice.log[1]))));
    } else out[path] = choice.integer[0] + random.integer(choice.integer[1] - choice.integer[0] + 1);
  }
  return out;
}

type Json = Readonly<Record<string, unknown>>;

/** A copy of a configuration in which the fields at the paths are set; objects on the way are made. */
export function applySettings(config: Json, settings: Settings): Json {
  const out = JSON.parse(JSON.stringify(config)) as Record<string, unknown>;
  for (const [path, value] of Object.entries(settings)) {
    const fields = path.split(".");
    const last = fields.pop() as string;
    let at = out;
    for (const field of fields) {
      const next = at[field];
      at[field] = typeof next === "object" && next !== null ? next : {};
      at = at[field] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return out;
}

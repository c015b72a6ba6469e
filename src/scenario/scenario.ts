/**
 * A scenario: a use of recognition as a validated file. It says what for, for whom, what is looked at, what raises an
 * alert, what is kept and for how long, and what must have been agreed to before.
 */
import { z } from "zod";
import { checkValue } from "../core/check-value.ts";
import { EMOTIONS } from "../core/emotion.ts";
import { AffektError } from "../core/errors.ts";
import { MODALITIES } from "../core/modality.ts";

/** What people read, in both languages. */
const Wording = z.strictObject({ en: z.string().min(1).max(4_000), zh: z.string().min(1).max(4_000) });
export type Wording = z.infer<typeof Wording>;

const Id = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9-]*$/u, "must be lower-case letters, digits and hyphens, a letter first");

/** Where people are observed. What the law forbids depends on it (`policy.ts`). */
export const SETTINGS = ["health", "service", "workplace", "education", "research", "other"] as const;

const rule = {
  id: Id,
  /** What the alert says: that something appears so, never that somebody feels so. */
  title: Wording,
  /** What a person who gets the alert should look at. */
  advice: Wording,
  /** Observations that it is about. Default: all. */
  of: z.enum(["utterance", "face"]).optional(),
  /** After an alert there is none of this rule about the same speaker or face for so long. */
  coolDownSeconds: z.number().min(0).max(86_400).default(60),
};
const Probability = z.number().gt(0).max(1);
const Labels = z.array(z.enum(EMOTIONS)).min(1);
const Seconds = z.number().min(1).max(600);

const Rule = z.discriminatedUnion("kind", [
  /** The labels' probabilities, smoothed and added up, reach a limit. */
  z.strictObject({ kind: z.literal("level"), labels: Labels, atLeast: Probability, ...rule }),
  /** They stay there for a while; a pause longer than `gapSeconds` begins it anew. */
  z.strictObject({
    kind: z.literal("sustained"),
    labels: Labels,
    atLeast: Probability,
    forSeconds: Seconds,
    gapSeconds: z.number().min(0).max(600).default(15),
    ...rule,
  }),
  /** The smoothed valence ([-1, 1]) is lower by so much than its highest within the time before. */
  z.strictObject({ kind: z.literal("drop"), by: z.number().gt(0).max(2), withinSeconds: Seconds, ...rule }),
]);
export type Rule = z.infer<typeof Rule>;

export const Scenario = z
  .strictObject({
    id: Id,
    title: Wording,
    purpose: Wording,
    setting: z.enum(SETTINGS),
    /** What it may be used for and what it must not be used for. */
    policy: Wording,
    /** What people are told before they are observed. */
    notice: Wording,
    modalities: z.array(z.enum(MODALITIES)).min(1),
    /** Labels to answer with; all others are added up as `other`. */
    labels: z.union([z.literal("ekman7"), Labels]).default("ekman7"),
    /** Name no label below this confidence, whatever the models would say. */
    abstainBelow: z.number().min(0).max(1).default(0),
    smoothing: z.strictObject({ halfLifeSeconds: z.number().min(0.1).max(600) }).default({ halfLifeSeconds: 10 }),
    alerts: z.array(Rule).max(32).default([]),
    keep: z.strictObject({
      /** `alerts`: answers that raised one. */
      what: z.enum(["nothing", "alerts", "answers"]),
      days: z.int().min(0).max(3_650),
      /** For how long the owner of a job may have its media kept, sealed; 0: not at all. */
      mediaDays: z.int().min(0).max(30).default(0),
    }),
    /** Whether every person must have agreed before, for this purpose: a consent whose purpose is the scenario's id. */
    consent: z.strictObject({ required: z.boolean() }),
  })
  .superRefine(({ alerts, labels, keep, modalities }, context) => {
    const wrong = (message: string, ...path: (string | number)[]): void =>
      context.addIssue({ code: "custom", message, path });
    if ((keep.what === "nothing") !== (keep.days === 0)) {
      wrong("must be 0 where nothing is kept, and more where something is", "keep", "days");
    }
    if (new Set(modalities).size < modalities.length) wrong("names one twice", "modalities");
    const ids = alerts.map(({ id }) => id);
    for (const [index, alert] of alerts.entries()) {
      if (ids.indexOf(alert.id) < index) wrong("another rule has this id", "alerts", index, "id");
      if (alert.of === "face" && !modalities.includes("face")) wrong("no faces are looked at", "alerts", index, "of");
      if (labels === "ekman7") continue;
      if (alert.kind === "drop") {
        wrong("valence is known for all seven labels together only: leave `labels` out", "alerts", index, "kind");
      } else if (alert.labels.some((label) => !labels.includes(label))) {
        wrong("names a label that is not among the scenario's", "alerts", index, "labels");
      }
    }
  });
export type Scenario = z.infer<typeof Scenario>;

/**
 * @param name of the file, for the message
 * @throws AffektError `config` that names every wrong field
 */
export function parseScenario(value: unknown, name: string): Scenario {
  const checked = checkValue(Scenario, value);
  if ("data" in checked) return checked.data;
  throw new AffektError(
    "config",
    `The scenario ${name} is wrong: ${checked.problems.join("; ")}.`,
    "docs/scenarios.md describes every field.",
    { cause: checked.cause },
  );
}

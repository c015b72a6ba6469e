/** Weights of the labels in the loss, so that rare labels are not drowned. */
import { z } from "zod";
import { AffektError } from "../core/errors.ts";

/**
 * `balanced`: rows / (labels · rows of the label), so that each label weighs as much in all (King & Zeng 2001).
 * `square-root`: its square root, scaled alike. Or a weight per label, 1 unless named.
 */
export const ClassWeights = z.union([
  z.enum(["balanced", "square-root"]),
  z.record(z.string().min(1), z.number().positive()),
]);

export type ClassWeights = z.infer<typeof ClassWeights>;

/** @param targets `[rows, labels]`: distributions, or 0 and 1 per label. @returns `classWeightsOf` their sums */
export function classWeights(option: ClassWeights, labels: readonly string[], targets: Float32Array): Float32Array {
  const mass = new Float64Array(labels.length);
  for (let at = 0; at < targets.length; at++) mass[at % labels.length]! += targets[at] as number;
  return classWeightsOf(option, labels, mass);
}

/**
 * @param mass `[labels]`, sums of the targets over the rows
 * @returns `[labels]`; the computed ones have mean 1 over the rows
 * @throws AffektError `config` if a weight is given for something that is no label, `data` if a label has no row
 */
export function classWeightsOf(option: ClassWeights, labels: readonly string[], mass: Float64Array): Float32Array {
  if (typeof option !== "string") {
    const stranger = Object.keys(option).find((name) => !labels.includes(name));
    if (stranger !== undefined) {
      throw new AffektError(
        "config",
        `There is a class weight for "${stranger}", which is not among the labels ${labels.join(", ")}.`,
        "Correct training.classWeights.",
      );
    }
    return Float32Array.from(labels, (label) => option[label] ?? 1);
  }
  const empty = mass.indexOf(0);
  if (empty >= 0) {
    throw new AffektError(
      "data",
      `No training row has the label "${labels[empty]}", so it cannot be balanced.`,
      "Leave the label out, add rows of it, or name the class weights one by one.",
    );
  }
  const power = option === "balanced" ? 1 : 0.5;
  const raw = mass.map((value) => value ** -power);
  const total = mass.reduce((sum, value) => sum + value, 0);
  const mean = raw.reduce((sum, weight, at) => sum + (weight * (mass[at] as number)) / total, 0);
  return Float32Array.from(raw, (weight) => weight / mean);
}

/** What a fusion network is fed: ready-made features in place of media. What makes them is not in the file. */
import * as z from "zod";
import { MODALITIES, type Modality } from "../core/modality.ts";

const Name = z.string().min(1);
const Count = z.int().positive();

const Fields = z.strictObject({
  /**
   * Names of the graph's inputs, float32. Features are `[rows, dim]` or `[rows, steps, dim]` with their mask
   * `[rows, steps]`, raw: missing values are NaN, and the network standardizes. `presence` is `[rows, modalities]`.
   * `utterances`, `[rows, 1]`, is 1 for utterances and 0 for padding, where rows come as whole conversations.
   */
  inputs: z.strictObject({
    text: Name.optional(),
    face: Name.optional(),
    speech: Name.optional(),
    textSteps: Name.optional(),
    faceSteps: Name.optional(),
    speechSteps: Name.optional(),
    presence: Name,
    utterances: Name.optional(),
  }),
  /** In the order in which they stand in the columns of `presence`: that of `MODALITIES`. */
  features: z.array(z.strictObject({ modality: z.enum(MODALITIES), dim: Count, steps: Count.optional() })).min(1),
  /** `subject`: each feature is brought to mean 0 and deviation 1 over all that is known of a subject before it is fed. */
  normalization: z.enum(["training", "subject"]),
  /** Consecutive rows that make one conversation; the number of rows is a multiple of it. */
  utterances: Count,
  /** Field of the rows by which those of a conversation stand in order. */
  order: Name.default("turn"),
});

/** What does not fit together: `[path, message]`. */
function misfits({ inputs, features, utterances }: z.infer<typeof Fields>): [string[], string][] {
  const found: [string[], string][] = [];
  const names = features.map(({ modality }) => modality);
  const expected = MODALITIES.filter((modality) => names.includes(modality));
  if (names.join() !== expected.join()) {
    found.push([["features"], `must stand once each and as ${expected.join(", ")}; received ${names.join(", ")}`]);
  }
  const check = (input: keyof typeof inputs, wanted: boolean, why: string): void => {
    if ((inputs[input] !== undefined) === wanted) return;
    found.push([
      ["inputs", input],
      wanted ? `is required: ${why}` : `must be left out: there is no such input to feed`,
    ]);
  };
  for (const modality of MODALITIES) {
    const own = features.find((feature) => feature.modality === modality);
    const steps: `${Modality}Steps` = `${modality}Steps`;
    check(modality, own !== undefined, `features has ${modality}`);
    check(steps, own?.steps !== undefined, `the features of ${modality} have steps`);
  }
  check("utterances", utterances > 1, `a sample has ${utterances} utterances`);
  return found;
}

export const FusionInput = Fields.superRefine((input, context) => {
  for (const [path, message] of misfits(input)) context.addIssue({ code: "custom", path, message });
});

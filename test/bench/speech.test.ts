import { expect, test } from "vitest";
import { discriminantModel, type Fitted, fit, logitsOf } from "../../bench/quality/speech/discriminant.ts";
import type { Utterance } from "../../bench/quality/speech/rows.ts";
import { EMOTIONS } from "../../src/core/emotion.ts";
import { random } from "../../src/core/random.ts";
import { float32, floats } from "../../src/core/tensor.ts";
import { encodeModel } from "../../src/graph/onnx-write.ts";
import { nodeRuntime } from "../../src/platform/node/runtime.ts";
import { normalizeFunctionals } from "../../src/preprocess/speech/running-normalization.ts";

/** Six numbers, of which one stands apart by label, another way round in the second corpus, which has no disgust. */
function utterances(): Utterance[] {
  const generator = random(7);
  return Array.from({ length: 560 }, (_, at): Utterance => {
    const corpus = at % 2 === 0 ? "ravdess" : "nemo";
    const label = Math.floor(at / 2) % EMOTIONS.length;
    const made = (): Float32Array => {
      const values = Float32Array.from({ length: 6 }, () => generator.normal());
      values[1]! += corpus === "ravdess" ? 3 * label : -3 * label;
      values[2]! += corpus === "ravdess" ? 20 : -20;
      return values;
    };
    return { corpus, subject: `${corpus}-${at % 8}`, label, fold: 0, versions: [{ functionals: made() }] };
  }).filter(({ corpus, label }) => corpus !== "nemo" || EMOTIONS[label] !== "disgust");
}

test("one discriminant reads two languages whose labels lie the other way round, also as a network", async () => {
  const all = utterances();
  const fitted = fit(all);
  const share = (of: Fitted): number =>
    all.filter(({ label, versions }) => {
      const logits = logitsOf(of, versions[0]!.functionals);
      return logits.indexOf(Math.max(...logits)) === label;
    }).length / all.length;
  expect(share(fitted)).toBeGreaterThan(0.6);
  // Taken for one language, labels that lie both ways hide each other.
  expect(share(fit(all.map((utterance) => ({ ...utterance, corpus: "ravdess" }))))).toBeLessThan(0.4);
  const session = await nodeRuntime().open(encodeModel(discriminantModel(fitted, 17)), {});
  const { functionals } = all[1]!.versions[0]!;
  const row = normalizeFunctionals(functionals, fitted.scale);
  const answer = await session.run({ functionals: float32(row, [1, 6]) }, { logits: null, embedding: null });
  const expected = logitsOf(fitted, functionals);
  for (const [at, value] of floats(answer.logits).entries()) expect(value).toBeCloseTo(expected[at]!, 3);
  expect([...floats(answer.embedding)]).toEqual([...row]);
  await session.release();
});

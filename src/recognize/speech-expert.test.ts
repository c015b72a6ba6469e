import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { tinySpeech } from "../../test/support/tiny-models.ts";
import type { Features, Waveform } from "../core/media.ts";
import { random } from "../core/random.ts";
import { nodeRuntime } from "../platform/node/runtime.ts";
import { spectralGate } from "../preprocess/speech/spectral-gate.ts";
import type { SpeechContract } from "./contract.ts";
import { contractFromModel } from "./contract-file.ts";
import { mergeOpinions } from "./evidence.ts";
import type { Opinion } from "./opinion.ts";
import { openSpeechExpert, speechPreparer } from "./speech-expert.ts";
import { networkFeatures, spectrumExtractor } from "./speech-features.ts";

const { input } = contractFromModel(tinySpeech()) as SpeechContract;
const prepare = speechPreparer(input);

/** A second of a tone that comes and goes, over a background of noise. */
function voice(noise: number) {
  const generator = random(1);
  const samples = Float32Array.from({ length: 32_000 }, (_, at) => {
    const loud = Math.floor(at / 4_000) % 2 === 0 ? 1 : 0;
    return 0.4 * loud * Math.sin((2 * Math.PI * 440 * at) / 16_000) + noise * generator.normal();
  });
  return { samples, sampleRate: 16_000 };
}

/** Mean over the steps of the lowest value of each, which is where the background lies. */
function backgroundOf({ data, steps, bands }: Features): number {
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += Math.min(...data.subarray(step * bands, (step + 1) * bands));
  return sum / steps;
}

const untouched = (sound: Waveform): Features => networkFeatures(spectrumExtractor(input, false)(sound), input);

test("the background of a noisy sound is turned down before the network hears it", () => {
  const noisy = voice(0.02);
  // In natural logarithms of power: 1 is 4.3 dB
  expect(backgroundOf(untouched(noisy)) - backgroundOf(prepare(noisy).features)).toBeGreaterThan(1);
  expect(prepare(noisy).features).toEqual(untouched(spectralGate(noisy)));
});

test("a clean sound, and one in which nothing stands out, are heard as they are", () => {
  const steady = { samples: voice(0).samples.map((_, at) => 0.3 * Math.sin(at / 5)), sampleRate: 16_000 };
  for (const sound of [voice(0.00002), steady]) expect(prepare(sound).features).toEqual(untouched(sound));
});

test("its quality stays that of the sound as it came", () => {
  expect(prepare(voice(0.02)).quality).toBeLessThanOrEqual(prepare(voice(0.00002)).quality);
  expect(prepare(voice(0.1)).quality).toBeLessThan(prepare(voice(0.00002)).quality);
});

test("what the shipped model hears in a tone is doubted, and so is a recording most of which is such", async () => {
  const bytes = readFileSync(new URL("../../models/speech/model.onnx", import.meta.url));
  const contract = contractFromModel(bytes) as SpeechContract;
  const expert = await openSpeechExpert(nodeRuntime(), bytes, contract);
  const tone = Float32Array.from({ length: 32_000 }, (_, at) => 0.3 * Math.sin((2 * Math.PI * 440 * at) / 16_000));
  const [heard] = (await expert.opinions([expert.prepare({ samples: tone, sampleRate: 16_000 })])) as [Opinion];
  await expert.close();
  expect(heard.doubt?.code).toBe("not-spoken");
  const { doubt: _, ...sure } = heard;
  expect(mergeOpinions([heard, sure], [3, 1]).doubt?.code).toBe("not-spoken");
  expect(mergeOpinions([heard, sure], [1, 3]).doubt).toBeUndefined();
});

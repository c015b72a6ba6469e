/** What an opinion of each shipped model costs, from the decoded input, on inputs made here. */
import { cpus } from "node:os";
import type { Picture, Waveform } from "../../../src/core/media.ts";
import { random } from "../../../src/core/random.ts";
import { nodeRuntime } from "../../../src/platform/node/runtime.ts";
import { contractFromModel } from "../../../src/recognize/contract-file.ts";
import { openFaceExpert } from "../../../src/recognize/face-expert.ts";
import { openSpeechExpert } from "../../../src/recognize/speech-expert.ts";
import { openTextExpert } from "../../../src/recognize/text-expert.ts";
import { openExperts } from "../experts.ts";
import type { SpeedResults } from "../results.ts";

const RUNS = 20;
const WARM_UP = 3;

const TEXTS = {
  "text-en": "I really did not expect this, but thank you, it made my whole week!",
  "text-zh": "真没想到会这样，谢谢你，我这一整周都很开心！",
} as const;

/** Noise with a bright middle: how long a network takes does not depend on what it sees. */
function square(side: number): Picture {
  const generator = random(1);
  return {
    data: Uint8Array.from({ length: side * side }, () => generator.integer(256)),
    width: side,
    height: side,
    channels: 1,
  };
}

function tone(seconds: number): Waveform {
  const samples = Float32Array.from(
    { length: 16_000 * seconds },
    (_, at) => 0.3 * Math.sin(at / 9) * Math.sin(at / 4000),
  );
  return { samples, sampleRate: 16_000 };
}

/** Mean processor time in milliseconds: what else the machine does hardly counts. */
async function processorTime(work: () => Promise<unknown>): Promise<number> {
  for (let run = 0; run < WARM_UP; run++) await work();
  const before = process.cpuUsage();
  for (let run = 0; run < RUNS; run++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / RUNS;
}

/** Mean processor time of an opinion of a model file, on the input made for its modality. */
export async function speedOf(bytes: Uint8Array): Promise<number> {
  const contract = contractFromModel(bytes);
  const runtime = nodeRuntime();
  const timed = async (expert: { close(): Promise<void> }, work: () => Promise<unknown>): Promise<number> => {
    const ms = await processorTime(work);
    await expert.close();
    return ms;
  };
  switch (contract.modality) {
    case "face": {
      const expert = await openFaceExpert(runtime, bytes, contract);
      return timed(expert, () => expert.opinions([expert.prepare(square(160), null)]));
    }
    case "speech": {
      const expert = await openSpeechExpert(runtime, bytes, contract);
      const sound = tone(5);
      return timed(expert, () => expert.opinions([expert.prepare(sound)]));
    }
    case "text": {
      const expert = await openTextExpert(runtime, bytes, contract);
      const text = contract.input.languages.includes("zh") ? TEXTS["text-zh"] : TEXTS["text-en"];
      return timed(expert, () => expert.opinions([text]));
    }
    default:
      throw new Error(`no input is made for ${contract.modality}`);
  }
}

export async function measureSpeed(): Promise<SpeedResults> {
  const { text, face, speech, models, close } = await openExperts();
  const [picture, sound] = [square(160), tone(5)];
  const times = [
    {
      model: "face",
      input: "a face, 160 × 160",
      ms: await processorTime(() => face.opinions([face.prepare(picture, null)])),
    },
    {
      model: "speech",
      input: "5 s of speech",
      ms: await processorTime(() => speech.opinions([speech.prepare(sound)])),
    },
  ];
  for (const id of ["text-en", "text-zh"] as const) {
    times.push({ model: id, input: "a sentence", ms: await processorTime(() => text[id].opinions([TEXTS[id]])) });
  }
  await close();
  return { models, processor: cpus()[0]?.model ?? "an unknown processor", times };
}

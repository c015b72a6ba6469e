/** Time from a decoded input to the opinion of each shipped model, on inputs made here. */
import { cpus } from "node:os";
import type { Picture, Waveform } from "../../../src/core/media.ts";
import { random } from "../../../src/core/random.ts";
import { openExperts } from "../experts.ts";
import type { SpeedResults } from "../results.ts";

const RUNS = 30;

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

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS + 3; run++) {
    const started = performance.now();
    await work();
    if (run >= 3) times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] as number;
}

export async function measureSpeed(): Promise<SpeedResults> {
  const { text, face, speech, models, close } = await openExperts();
  const [picture, sound] = [square(160), tone(5)];
  const times = [
    { model: "face", input: "a face, 160 × 160", ms: await median(() => face.opinions([face.prepare(picture, null)])) },
    { model: "speech", input: "5 s of speech", ms: await median(() => speech.opinions([speech.prepare(sound)])) },
  ];
  for (const id of ["text-en", "text-zh"] as const) {
    times.push({ model: id, input: "a sentence", ms: await median(() => text[id].opinions([TEXTS[id]])) });
  }
  await close();
  return { models, processor: cpus()[0]?.model ?? "an unknown processor", times };
}

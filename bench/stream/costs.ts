/**
 * Where the time goes: what each step costs by itself, in one thread, on the shipped models. In time of the processor,
 * not of the clock, so that other programs on the machine change little.
 */
import { openParts } from "../../src/platform/node/open.ts";
import { readPicture } from "../../src/platform/node/picture.ts";
import type { Lazy } from "../../src/recognize/lazy.ts";
import { voice } from "../../test/support/voice.ts";

async function opened<T extends object>(part: Lazy<T> | undefined): Promise<T> {
  if (part === undefined) throw new Error("the shipped models lack a part");
  return typeof part === "function" ? (part as () => Promise<T>)() : part;
}

/** Median of some runs, in ms, after two that do not count. */
async function median(work: () => Promise<unknown>, runs = 15): Promise<number> {
  const times: number[] = [];
  for (let run = -2; run < runs; run++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    if (run >= 0) times.push((user + system) / 1_000);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] as number;
}

/** Step → ms. @param face an encoded picture with a face */
export async function costs(face: Uint8Array | undefined): Promise<Readonly<Record<string, number>>> {
  const { parts } = await openParts();
  const [speech, ears] = [await opened(parts.speech), await opened(parts.voice)];
  const said = voice(2);
  const prepared = speech.prepare(said);
  const stream = ears.stream();
  const out: Record<string, number> = {
    "voice activity, 1 s of sound": await median(() => stream.push(said.samples.slice(0, 16_000))),
    "features of an utterance of 2 s": await median(async () => speech.prepare(said)),
    "speech network, an utterance of 2 s": await median(() => speech.opinions([prepared])),
  };
  if (face === undefined) return out;
  const [expert, finder] = [await opened(parts.face), await opened(parts.detector)];
  const picture = await readPicture(face);
  const [found] = await finder.detect(picture, { turns: false, finest: 512 });
  if (found === undefined) throw new Error("there is no face in the picture");
  const crop = expert.prepare(picture, found);
  return {
    ...out,
    "decoding a frame": await median(() => readPicture(face)),
    "looking for faces in a frame": await median(() => finder.detect(picture, { turns: false, finest: 512 })),
    "following a face": await median(async () => finder.follow?.(picture, found.tight ?? found.box)),
    "preparing a face": await median(async () => expert.prepare(picture, found)),
    "face network, one face": await median(() => expert.opinions([crop])),
  };
}

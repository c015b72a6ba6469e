import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { join, tone } from "../../../test/support/sounds.ts";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import type { Features } from "../../core/media.ts";
import { settled } from "../../core/settled.ts";
import type { Locator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import type { Row } from "../../data/row.ts";
import { cutSound } from "../../evaluate/media-reader.ts";
import { nodeMedia } from "../../platform/node/media.ts";
import { writeWav } from "../../preprocess/speech/wav.ts";
import { spectrumExtractor } from "../../recognize/speech-features.ts";
import { openClips, type SoundPorts } from "./speech-clips.ts";

const SPECTRUM = { bands: 16, lowHz: 50, highHz: 7600, windowMs: 25, hopMs: 10, averageFrames: 2, trimDb: 0 };
const toSpectrum = spectrumExtractor({ ...SPECTRUM, sampleRate: 16_000, floor: 1e-6 }, false);
const [LOW, HIGH] = [tone(200, 0.5), tone(3000, 0.5)];

/** Files of sound with the real decoder, which says what it was asked for. */
function prepared(contents: Readonly<Record<string, string | Uint8Array>>) {
  const files = temporaryFiles(contents);
  const decoded: Locator[] = [];
  const told: string[] = [];
  const ports: SoundPorts = {
    files,
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    async *sounds(places) {
      for (const place of places) {
        decoded.push(place);
        yield await settled(cutSound(place, nodeMedia(), 16_000));
      }
    },
    undecodable: ({ id, reason }) => void told.push(`${id}: ${reason}`),
    cacheFolder: "cache",
  };
  /** Features of the rows, whose ids are those of other calls too. */
  const read = async (audio: readonly string[], name = "set", withFunctionals = false) => {
    const rows: Row[] = audio.map((path, at) => ({ id: `r${at}`, audio: path, extra: {} }));
    const header = { name, version: "1", labels: [], licence: "CC0-1.0", terms: "permissive", source: "" } as const;
    const manifest: Manifest = { header: { ...header, labels: [] }, rows, base: files.absolute(".") };
    const clips = await openClips([manifest], SPECTRUM, ports, { withFunctionals });
    const features: (Features | undefined)[] = [];
    for (const row of rows) {
      const clip = clips.find(manifest, row);
      features.push(undefined);
      if (clip !== undefined) for await (const own of clips.read([clip])) features.splice(-1, 1, own);
    }
    return features;
  };
  return { files, read, told, decoded };
}

test("rows of a manifest of the same name and ids, but of other sounds, are heard as they are", async () => {
  const { read } = prepared({ "a/0.wav": writeWav(LOW), "b/0.wav": writeWav(HIGH) });
  const [low] = await read(["a/0.wav"]);
  const [high] = await read(["b/0.wav"]);
  expect(low?.data).not.toEqual(high?.data);
});

test("a file that was replaced, and a broken one that was mended, are heard anew", async () => {
  const { files, read, told } = prepared({ "0.wav": writeWav(LOW), "1.wav": "no sound" });
  const [low, nothing] = await read(["0.wav", "1.wav"]);
  expect(nothing).toBeUndefined();
  expect(told.map((reason) => reason.slice(0, 3))).toEqual(["r1:"]);
  await files.write("0.wav", writeWav(HIGH));
  await files.write("1.wav", writeWav(LOW));
  const [high, mended] = await read(["0.wav", "1.wav"]);
  expect(high?.data).not.toEqual(low?.data);
  expect(mended?.data).toEqual(low?.data);
});

test("what was heard once is not decoded again, wherever it lies and whoever names it", async () => {
  const { files, read, decoded } = prepared({ "0.wav": writeWav(LOW), "1.wav": writeWav(HIGH) });
  const first = await read(["0.wav", "1.wav"], "set", true);
  expect(decoded).toHaveLength(2);
  await files.write("moved/9.wav", writeWav(HIGH));
  await files.write("new.wav", writeWav(tone(700, 0.5)));
  const again = await read(["moved/9.wav", "0.wav", "new.wav"], "another set", true);
  expect(decoded.slice(2).map(({ path }) => path)).toEqual([files.absolute("new.wav")]);
  expect(again.slice(0, 2)).toEqual([first[1], first[0]]);
  expect(first[0]?.functionals?.length).toBeGreaterThan(0);
});

test("a damaged part of the cache is made anew", async () => {
  const { files, read } = prepared({ "0.wav": writeWav(LOW) });
  const [first] = await read(["0.wav"]);
  const [part = ""] = await files.list("cache");
  await files.write(`cache/${part}`, "cut off");
  expect((await read(["0.wav"]))[0]?.data).toEqual(first?.data);
});

test("of a recording, the part that the row names is heard", async () => {
  const { read, told } = prepared({ "both.wav": writeWav(join(LOW, HIGH)) });
  const parts = ["both.wav", "both.wav#t=0,0.5", "both.wav#t=0.5,1", "both.wav#t=7,8"];
  const [whole, low, high, nothing] = await read(parts);
  // 16-bit files round samples to 1 in 32,768.
  for (const [part, sound] of [
    [whole, join(LOW, HIGH)],
    [low, LOW],
    [high, HIGH],
  ] as const) {
    const wanted = toSpectrum(sound);
    expect(part?.steps).toBe(wanted.steps);
    const loud = [...wanted.data].flatMap((value, at) => (value > -2 ? [at] : []));
    expect(loud.length).toBeGreaterThan(0);
    for (const at of loud) expect(part?.data[at]).toBeCloseTo(wanted.data[at] as number, 2);
  }
  expect(nothing).toBeUndefined();
  expect(told).toEqual(["r3: Cannot decode both.wav: it has no sound from 7 s to 8 s."]);
});

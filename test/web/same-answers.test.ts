/** One file format, one runtime: the browser answers as Node does, within a thousandth. */
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { voice } from "../../src/cli/demo/voice.ts";
import type { Inputs, Prediction } from "../../src/core/prediction.ts";
import { type OpenedRecognizer, openParts, openRecognizer } from "../../src/platform/node/open.ts";
import { writeWav } from "../../src/preprocess/speech/wav.ts";
import type { StreamEvent } from "../../src/recognize/stream/events.ts";
import { createStreams } from "../../src/recognize/stream/streams.ts";
import { buildWebApp, findChromium, openBrowser, type Served, serveApp, type TestBrowser } from "../support/browser.ts";

// Builds, starts a browser and loads every network, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

const TOLERANCE = 1e-3;
const chromium = findChromium();

const TEXTS = [
  "I love this so much!",
  "I miss her more every day.",
  "They lied to us again, and nobody cares.",
  "The meeting is at ten in room four.",
  "What?! I did not see that coming.",
  "That smell makes me sick.",
  "I heard steps behind me and ran.",
  "ok",
  "😀",
  "Not bad, not bad at all…",
  "I'm so tired of this, honestly. ".repeat(40),
  "Visit https://example.org @friend #hope",
  "今天真的很开心！",
  "我一天比一天更想念她。",
  "他们又骗了我们，却没有人在乎。",
  "会议十点在四号会议室。",
  "这味道真让人恶心",
  "吓死我了！",
  "哈哈哈哈哈哈",
  "今天真的 not happy",
  "I can't say that I am not glad.",
  "我不是不开心",
  "。。。",
  "Ünïcödé ﬁne",
  "I AM SO ANGRY RIGHT NOW!!!",
  "thx, see u l8r :)",
  "She said “never again”, and closed the door – quietly.",
  "1, 2, 3",
  "真的太感谢你们了，帮了我大忙！",
  "我有点害怕，晚上不敢一个人回家。",
  "這個消息讓我非常驚訝",
  "Why would anybody be afraid of a little rain?",
  "The train was late again, so I missed her birthday.",
  "Yuck, there is hair in my soup.",
  "我从来没有这么生气过！",
  "谁能想到他会突然回来？",
  "下周一开始放假，大家辛苦了。",
  "菜里有一只苍蝇，太恶心了。",
  "Whatever. I do not care any more.",
];

/** A portrait, darkened, turned, shrunk, grey, and in a corner of a larger picture. PNG: decoders agree on every pixel. */
async function pictures(): Promise<Uint8Array[]> {
  const face = sharp(await portrait());
  const own = await face.clone().png().toBuffer();
  return [
    own,
    ...(await Promise.all([
      face.clone().modulate({ brightness: 0.6 }).png().toBuffer(),
      face.clone().rotate(8, { background: "#777" }).png().toBuffer(),
      face.clone().resize(120).png().toBuffer(),
      face.clone().greyscale().png().toBuffer(),
      face.clone().flop().resize(500).png().toBuffer(),
      face.clone().modulate({ brightness: 1.5 }).png().toBuffer(),
      face.clone().blur(4).png().toBuffer(),
      face.clone().rotate(90).png().toBuffer(),
      face.clone().resize(240, 180, { fit: "fill" }).png().toBuffer(),
      face.clone().negate().png().toBuffer(),
      sharp({ create: { width: 320, height: 240, channels: 3, background: "#8a97a5" } })
        .png()
        .toBuffer(),
      face.clone().extend({ left: 900, background: "#222" }).png().toBuffer(),
      sharp({ create: { width: 800, height: 600, channels: 3, background: "#456" } })
        .composite([
          { input: own, left: 20, top: 300 },
          { input: await face.clone().resize(160).png().toBuffer(), left: 500, top: 60 },
        ])
        .png()
        .toBuffer(),
    ])),
  ];
}

function sounds(): Uint8Array[] {
  const lively = voice();
  const slow = voice(
    (["a", "u", "o", "i", "e", "o"] as const).map((vowel) => ({ vowel, pitch: [180, 140], durationMs: 420 })),
  );
  const quiet = { ...lively, samples: lively.samples.map((sample) => 0.05 * sample) };
  const fast = { samples: lively.samples, sampleRate: 22_050 };
  const high = voice([{ vowel: "i", pitch: [320, 420], durationMs: 900 }]);
  const short = { ...lively, samples: lively.samples.slice(0, 4_000) };
  const clipped = { ...lively, samples: lively.samples.map((sample) => Math.max(-0.1, Math.min(0.1, sample))) };
  const silence = { ...lively, samples: new Float32Array(16_000) };
  return [
    ...[lively, slow, fast, high, short, clipped, silence].map((sound) => writeWav(sound)),
    writeWav(quiet, "float32"),
  ];
}

type FacesEvent = Extract<StreamEvent, { type: "faces" }>;
type Answer = Prediction | { readonly code: string };

function differences(a: Answer, b: Answer): number {
  if ("code" in a || "code" in b) return "code" in a && "code" in b && a.code === b.code ? 0 : 1;
  expect(b.label).toBe(a.label);
  expect(Object.keys(b.modalities)).toEqual(Object.keys(a.modalities));
  expect(b.faces?.length).toBe(a.faces?.length);
  const off = a.scores.map(({ label, score }) => {
    const other = b.scores.find((one) => one.label === label);
    return Math.abs((other?.score ?? Number.POSITIVE_INFINITY) - score);
  });
  return Math.max(...off);
}

describe.skipIf(chromium === undefined)("the browser answers as Node does", () => {
  let served: Served;
  let browser: TestBrowser;
  let page: Awaited<ReturnType<TestBrowser["page"]>>["page"];
  let node: OpenedRecognizer;

  beforeAll(async () => {
    buildWebApp();
    [served, node] = await Promise.all([serveApp(), openRecognizer()]);
    browser = await openBrowser(chromium ?? "", served.url);
    ({ page } = await browser.page());
    await page.goto(served.url);
    await page.evaluate(
      `globalThis.engine = import("/engine.js").then(({ openDeviceEngine }) => openDeviceEngine()); undefined`,
    );
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await node?.close();
  });

  async function inNode(inputs: Inputs): Promise<Answer> {
    return node.recognize(inputs).catch((error: { code: string }) => ({ code: error.code }));
  }

  /** Media travel as base64; the engine is the page's own, built for other pages to import. */
  async function inBrowser(inputs: { text?: string; image?: Uint8Array; audio?: Uint8Array }): Promise<Answer> {
    const given = Object.entries(inputs).map(([name, value]) => [
      name,
      typeof value === "string" ? { text: value } : { base64: Buffer.from(value).toString("base64") },
    ]);
    return page.evaluate(
      `(async (given) => {
          const blob = (base64) => new Blob([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))]);
          const inputs = Object.fromEntries(given.map(([name, { text, base64 }]) => [name, text ?? blob(base64)]));
          return (await engine).recognize(inputs).catch(({ code }) => ({ code }));
        })(${JSON.stringify(given)})`,
    );
  }

  /** How many inputs were answered, and alike: two refusals compare no number. */
  let compared = 0;

  async function expectSame(inputs: Parameters<typeof inBrowser>[0]): Promise<Answer> {
    const [own, other] = [await inNode(inputs), await inBrowser(inputs)];
    expect(differences(own, other)).toBeLessThanOrEqual(TOLERANCE);
    if (!("code" in own)) compared++;
    return own;
  }

  test.each(TEXTS)("for the text %j", async (text) => {
    await expectSame({ text });
  });

  test("for pictures, with one face, two or none", async () => {
    const answers = [];
    for (const image of await pictures()) answers.push(await expectSame({ image }));
    const faces = answers.map((answer) => ("code" in answer ? 0 : (answer.faces?.length ?? 0)));
    expect(new Set(faces)).toEqual(new Set([0, 1, 2]));
  });

  test("for sound, with a voice or without", async () => {
    const answers = [];
    for (const audio of sounds()) answers.push(await expectSame({ audio }));
    expect(answers.some((answer) => "code" in answer)).toBe(true);
    expect(answers.filter((answer) => !("code" in answer)).length).toBeGreaterThanOrEqual(4);
  });

  test("for two or all three together", async () => {
    const text = "I love this so much!";
    const [image, dark] = (await pictures()) as [Uint8Array, Uint8Array];
    const [audio, slow] = sounds() as [Uint8Array, Uint8Array];
    await expectSame({ text, image: dark });
    await expectSame({ text: "他们又骗了我们，却没有人在乎。", audio });
    await expectSame({ image, audio: slow });
    expect(await expectSame({ text, image, audio })).toMatchObject({
      modalities: { text: { present: true }, face: { present: true }, speech: { present: true } },
    });
  });

  test("for the frames of a camera, each looked at in other passes of the face model", async () => {
    const [image] = (await pictures()) as [Uint8Array];
    const timesMs = [0, 66, 133, 333, 433];
    const { data, info } = await sharp(image).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const picture = { data: new Uint8Array(data), width: info.width, height: info.height, channels: 4 as const };
    const { parts } = await openParts();
    const streams = createStreams(parts);
    const own: FacesEvent[] = [];
    const session = streams.open(
      { modalities: ["face"], fps: 30 },
      (event) => event.type === "faces" && own.push(event),
    );
    for (const timeMs of timesMs) {
      session.frame(picture, { timeMs });
      await session.settled();
    }
    session.close();
    await streams.close();
    const other = await page.evaluate<FacesEvent[]>(
      `(async (base64, timesMs) => {
          const blob = new Blob([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))]);
          const events = [];
          const all = Promise.withResolvers();
          const event = (one) => one.type === "faces" && events.push(one) === timesMs.length && all.resolve();
          const stream = await (await engine).live(["face"], { event, connected: () => {} });
          for (const timeMs of timesMs) await stream.frame(await createImageBitmap(blob), timeMs);
          await all.promise;
          await stream.close();
          return events;
        })(${JSON.stringify(Buffer.from(image).toString("base64"))}, ${JSON.stringify(timesMs)})`,
    );
    expect(own.map(({ timeMs }) => timeMs)).toEqual(timesMs);
    for (const [at, { faces }] of own.entries()) {
      expect(faces).toHaveLength(1);
      for (const { label, score } of faces[0]?.scores ?? []) {
        const same = other[at]?.faces[0]?.scores.find((one) => one.label === label);
        expect(Math.abs((same?.score ?? Number.NaN) - score)).toBeLessThanOrEqual(TOLERANCE);
      }
    }
    // Only then it tells something: the passes differ.
    expect(own[1]?.faces[0]?.scores).not.toEqual(own[2]?.faces[0]?.scores);
  });

  test("for at least fifty inputs that are answered", () => {
    expect(compared).toBeGreaterThanOrEqual(50);
  });
});

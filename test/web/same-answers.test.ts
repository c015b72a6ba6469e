/** One file format, one runtime: the browser answers as Node does, within a thousandth. */
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { portrait } from "../../src/cli/demo/photograph.ts";
import { voice } from "../../src/cli/demo/voice.ts";
import type { Inputs, Prediction } from "../../src/core/prediction.ts";
import { type OpenedRecognizer, openRecognizer } from "../../src/platform/node/open.ts";
import { writeWav } from "../../src/preprocess/speech/wav.ts";
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
  "。。。",
  "Ünïcödé ﬁne",
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
  return [writeWav(lively), writeWav(slow), writeWav(quiet, "float32"), writeWav(fast)];
}

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
          globalThis.engine ??= import("/engine.js").then(({ openDeviceEngine }) => openDeviceEngine());
          const blob = (base64) => new Blob([Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))]);
          const inputs = Object.fromEntries(given.map(([name, { text, base64 }]) => [name, text ?? blob(base64)]));
          return (await globalThis.engine).recognize(inputs).catch(({ code }) => ({ code }));
        })(${JSON.stringify(given)})`,
    );
  }

  test.each(TEXTS)("for the text %j", async (text) => {
    expect(differences(await inNode({ text }), await inBrowser({ text }))).toBeLessThanOrEqual(TOLERANCE);
  });

  test("for pictures", async () => {
    for (const image of await pictures()) {
      expect(differences(await inNode({ image }), await inBrowser({ image }))).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  test("for sound", async () => {
    for (const audio of sounds()) {
      expect(differences(await inNode({ audio }), await inBrowser({ audio }))).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  test("for all three together", async () => {
    const [image] = await pictures();
    const [audio] = sounds();
    const inputs = { text: "I love this so much!", image: image as Uint8Array, audio: audio as Uint8Array };
    const [a, b] = [await inNode(inputs), await inBrowser(inputs)];
    expect(a).toMatchObject({
      modalities: { text: { present: true }, face: { present: true }, speech: { present: true } },
    });
    expect(differences(a, b)).toBeLessThanOrEqual(TOLERANCE);
  });
});

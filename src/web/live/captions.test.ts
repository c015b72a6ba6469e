import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { hasCaptions, PAUSE_MS, startCaptions } from "./captions.ts";

/** A browser's speech recognition, driven by hand. */
function browser() {
  const made: Recognition[] = [];
  class Recognition {
    lang = "";
    continuous = false;
    interimResults = true;
    onresult: ((event: object) => void) | null = null;
    onerror: ((event: { error: string }) => void) | null = null;
    onend: (() => void) | null = null;
    starts = 0;
    aborted = false;
    constructor() {
      made.push(this);
    }
    start() {
      this.starts++;
    }
    abort() {
      this.aborted = true;
    }
  }
  return { scope: { webkitSpeechRecognition: Recognition }, made };
}

const result = (transcript: string, isFinal: boolean) => Object.assign([{ transcript }], { isFinal });

function listening() {
  const { scope, made } = browser();
  const said: string[] = [];
  const failed: string[] = [];
  const end = startCaptions(
    "zh-CN",
    { said: (text) => void said.push(text), failed: (why) => void failed.push(why) },
    scope,
  );
  return { recognition: made[0] as (typeof made)[number], said, failed, end };
}

describe("captions", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("hand over what will not change any more, in the language asked for", () => {
    const { recognition, said } = listening();
    expect(recognition.lang).toBe("zh-CN");
    recognition.onresult?.({ resultIndex: 0, results: [result("今天", false)] });
    recognition.onresult?.({ resultIndex: 0, results: [result(" 今天很开心 ", true), result("明", false)] });
    expect(said).toEqual(["今天很开心"]);
  });

  test("go on a moment after the browser ended them, and not after they were ended", () => {
    const { recognition, end, said } = listening();
    recognition.onerror?.({ error: "no-speech" });
    recognition.onend?.();
    vi.advanceTimersByTime(PAUSE_MS - 1);
    expect(recognition.starts).toBe(1);
    vi.advanceTimersByTime(1);
    expect(recognition.starts).toBe(2);
    recognition.onend?.();
    end();
    recognition.onend?.();
    vi.runAllTimers();
    recognition.onresult?.({ resultIndex: 0, results: [result("late", true)] });
    expect([recognition.starts, recognition.aborted, said]).toEqual([2, true, []]);
  });

  test.each(["not-allowed", "network"])("say why they cannot go on (%s), once, and do not try again", (error) => {
    const { recognition, failed } = listening();
    recognition.onerror?.({ error });
    recognition.onend?.();
    vi.runAllTimers();
    expect([failed, recognition.starts]).toEqual([[error], 1]);
  });

  test("are told to be missing where the browser has none", () => {
    const failed: string[] = [];
    startCaptions("en", { said: () => undefined, failed: (why) => void failed.push(why) }, {});
    expect([hasCaptions({}), hasCaptions(browser().scope), failed]).toEqual([false, true, ["unsupported"]]);
  });
});

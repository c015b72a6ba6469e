/** A worker that breaks must not leave anybody waiting. Node has no workers of a browser: these say what a test has them say. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Shown } from "../../platform/web/picture.ts";
import { openDeviceEngine } from "./client.ts";
import type { LiveListener } from "./engine.ts";
import { openJpegs } from "./jpegs.ts";
import type { ToWorker } from "./protocol.ts";

interface Spoken {
  readonly data?: object;
  readonly message?: string;
}

let workers: FakeWorker[];

class FakeWorker {
  terminated = false;
  readonly asked: string[] = [];
  private readonly heard = new Map<string, (event: Spoken) => void>();
  constructor() {
    workers.push(this);
  }
  addEventListener(type: string, listener: (event: Spoken) => void): void {
    this.heard.set(type, listener);
  }
  /** Opens the engine and begins a session; everything else stays unanswered. */
  postMessage(message: ToWorker): void {
    if (message.type !== "ask") return;
    this.asked.push(message.ask.kind);
    if (message.ask.kind !== "open" && message.ask.kind !== "live-start") return;
    this.say("message", { data: { type: "answer", id: message.id, value: [] } });
  }
  terminate(): void {
    this.terminated = true;
  }
  say(type: string, event: Spoken): void {
    this.heard.get(type)?.(event);
  }
}

beforeEach(() => {
  workers = [];
  vi.stubGlobal("Worker", FakeWorker);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the engine on this device, when its worker breaks", () => {
  test("tells who asked, who listens and who opened it, and is asked nothing any more", async () => {
    const failures: Error[] = [];
    const refusals: Error[] = [];
    const engine = await openDeviceEngine((error) => void failures.push(error));
    const listener: LiveListener = {
      event: () => undefined,
      connected: () => undefined,
      refused: (error) => void refusals.push(error),
    };
    await engine.live(["text"], listener);
    const asked = engine.recognize({ text: "hello" });
    await vi.waitUntil(() => workers[0]?.asked.includes("recognize"));
    workers[0]?.say("error", { message: "out of memory" });
    workers[0]?.say("error", { message: "again" });
    await expect(asked).rejects.toMatchObject({ code: "internal", message: "The engine failed: out of memory." });
    await expect(engine.recognize({ text: "hello" })).rejects.toMatchObject({ code: "internal" });
    expect([failures.length, refusals.length, workers[0]?.terminated]).toEqual([1, 1, true]);
    expect(refusals).toEqual(failures);
  });
});

describe("JPEGs of frames, when their worker breaks", () => {
  test("are refused, and the next frame has another worker", async () => {
    const jpegs = openJpegs();
    const frame = {} as Shown;
    const asked = [jpegs.of(frame), jpegs.of(frame)];
    workers[0]?.say("error", { message: "out of memory" });
    for (const one of asked) await expect(one).rejects.toMatchObject({ code: "internal" });
    const next = jpegs.of(frame);
    workers[1]?.say("message", { data: { id: 2, bytes: new Uint8Array([1]) } });
    expect(await next).toEqual(new Uint8Array([1]));
    expect(workers.map(({ terminated }) => terminated)).toEqual([true, false]);
  });
});

/** What becomes of devices and frames when something of the browser fails. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AffektError } from "../../core/errors.ts";
import { eachFrame, eachSound } from "./capture.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the microphone's sound", () => {
  let closed: number;
  const failing = { addModule: false, resume: false };

  beforeEach(() => {
    closed = 0;
    Object.assign(failing, { addModule: false, resume: false });
    const may = async (name: keyof typeof failing): Promise<void> => {
      if (failing[name]) throw new Error(`no ${name}`);
    };
    vi.stubGlobal(
      "AudioContext",
      class {
        audioWorklet = { addModule: () => may("addModule") };
        sampleRate = 16_000;
        createMediaStreamSource = () => ({ connect: () => undefined, disconnect: () => undefined });
        resume = () => may("resume");
        close = async () => void closed++;
      },
    );
    vi.stubGlobal(
      "AudioWorkletNode",
      class {
        port = { addEventListener: () => undefined, start: () => undefined, close: () => undefined };
      },
    );
  });

  test.each(["addModule", "resume"] as const)("is let go where it cannot be heard (%s)", async (name) => {
    failing[name] = true;
    await expect(eachSound({} as MediaStream, () => undefined)).rejects.toThrow(`no ${name}`);
    expect(closed).toBe(1);
  });

  test("goes on until it is ended", async () => {
    const end = await eachSound({} as MediaStream, () => undefined);
    expect(closed).toBe(0);
    end();
    expect(closed).toBe(1);
  });
});

describe("the camera's frames", () => {
  /** What was told after a frame failed with each of these, in turn. */
  async function told(...thrown: readonly Error[]): Promise<AffektError[]> {
    vi.stubGlobal("document", { hidden: false });
    vi.stubGlobal("VideoFrame", class {});
    const failures: AffektError[] = [];
    const left = [...thrown];
    await new Promise<void>((resolve) => {
      const end = eachFrame(
        { videoWidth: 4, videoHeight: 3 } as HTMLVideoElement,
        async () => {
          const next = left.shift();
          if (next !== undefined) throw next;
          end();
          resolve();
        },
        (error) => void failures.push(error),
      );
    });
    return failures;
  }

  test("say why they cannot be looked at, and go on", async () => {
    const missing = new AffektError("missing-tool", "This browser cannot read pictures.", "Use a newer one.");
    expect(await told(missing, missing)).toEqual([missing, missing]);
  });

  test("are silent about a picture that is not there yet, and about a session that has ended", async () => {
    const over = new AffektError("aborted", "The session has ended.", "Start another.");
    expect(await told(new Error("InvalidStateError"), over)).toEqual([]);
  });
});

/** Networks for speech that come inside npm packages: voice activity (Silero) and noise reduction (RNNoise). */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { RnnoiseModule } from "@echogarden/rnnoise-wasm";
import { AffektError } from "../../core/errors.ts";
import type { Runtime } from "../../core/ports.ts";
import { type Denoise, denoiser, type FrameDenoiser } from "../../preprocess/speech/denoise.ts";
import { openVoiceActivity, type VoiceActivity } from "../../preprocess/speech/voice-activity.ts";

function missing(what: string, cause: unknown): AffektError {
  return new AffektError("missing-tool", `Cannot load ${what}.`, "Run npm ci again; the package is incomplete.", {
    cause,
  });
}

/** Bytes of Silero VAD v6. @throws AffektError `missing-tool` if the package is not there */
export async function voiceActivityModel(): Promise<Uint8Array> {
  try {
    const entry = createRequire(import.meta.url).resolve("@ricky0123/vad-web");
    return await readFile(join(dirname(entry), "silero_vad_v6.onnx"));
  } catch (cause) {
    throw missing("silero_vad_v6.onnx of @ricky0123/vad-web", cause);
  }
}

/** @throws AffektError `missing-tool` if the package is not there */
export async function nodeVoiceActivity(runtime: Runtime): Promise<VoiceActivity> {
  return openVoiceActivity(runtime, await voiceActivityModel());
}

const FRAME = 480;

/** Opens fresh RNNoise states. @throws AffektError `missing-tool` if the package is not there */
export async function rnnoise(): Promise<() => FrameDenoiser> {
  let module: RnnoiseModule;
  try {
    const { default: create } = await import("@echogarden/rnnoise-wasm");
    module = await create();
  } catch (cause) {
    throw missing("@echogarden/rnnoise-wasm", cause);
  }
  return () => {
    const state = module._rnnoise_create(0);
    const buffer = module._malloc(4 * FRAME);
    return {
      sampleRate: 48_000,
      frameSize: FRAME,
      delay: FRAME,
      process(frame) {
        // Looked up each time: the memory may have grown. RNNoise expects the range of 16-bit numbers.
        const heap = module.HEAPF32.subarray(buffer / 4, buffer / 4 + FRAME);
        for (let i = 0; i < FRAME; i++) heap[i] = frame[i]! * 32_768;
        const voice = module._rnnoise_process_frame(state, buffer, buffer);
        for (let i = 0; i < FRAME; i++) frame[i] = heap[i]! / 32_768;
        return voice;
      },
      release() {
        module._free(buffer);
        module._rnnoise_destroy(state);
      },
    };
  };
}

/** RNNoise where its package is there, else spectral gating. */
export async function nodeDenoise(): Promise<Denoise> {
  return denoiser(await rnnoise().catch(() => null));
}

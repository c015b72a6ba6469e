/** Camera and microphone of a browser, frame by frame and piece by piece. */
import { AffektError } from "../../core/errors.ts";
import type { Shown } from "../../platform/web/picture.ts";
import worklet from "./microphone-worklet.ts?worker&url";

const SPEECH_RATE = 16_000;
/** Longer side of a bitmap, in pixels. */
const MAX_SIDE = 640;
/** Frames looked at per second; more would show nothing new and heat the device. */
const MOST_FPS = 20;

export interface Wanted {
  readonly camera: boolean;
  readonly microphone: boolean;
}

/** Asks the person. @throws DOMException of getUserMedia; Error `InsecureContext` */
export async function openDevices({ camera, microphone }: Wanted): Promise<MediaStream> {
  if (navigator.mediaDevices === undefined) {
    throw Object.assign(new Error("This page is not secure."), { name: "InsecureContext" });
  }
  return navigator.mediaDevices.getUserMedia({
    video: camera ? { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" } : false,
    audio: microphone ? { channelCount: 1, echoCancellation: true, noiseSuppression: false } : false,
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What the camera shows now. A frame is only handed on; a bitmap, for older browsers, is made by the page's own thread. */
async function shown(video: HTMLVideoElement): Promise<Shown> {
  if ("VideoFrame" in globalThis) return new VideoFrame(video);
  const { videoWidth, videoHeight } = video;
  const scale = Math.min(1, MAX_SIDE / Math.max(videoWidth, videoHeight));
  return createImageBitmap(video, {
    resizeWidth: Math.round(videoWidth * scale),
    resizeHeight: Math.round(videoHeight * scale),
  });
}

/**
 * Hands over frames, the next one when it is welcome.
 *
 * @param look takes the frame over
 * @param failed told why a frame could not be looked at, each time
 * @returns what ends it
 */
export function eachFrame(
  video: HTMLVideoElement,
  look: (frame: Shown, at: number) => Promise<void>,
  failed: (error: AffektError) => void,
): () => void {
  let running = true;
  void (async () => {
    let dueMs = 0;
    while (running) {
      const begun = performance.now();
      // A frame that came late does not make the next one late.
      dueMs = Math.max(dueMs + 1000 / MOST_FPS, begun);
      if (video.videoWidth > 0 && !document.hidden) {
        try {
          await look(await shown(video), begun);
        } catch (error) {
          // Others: the picture is not there yet, or the session has just ended.
          if (running && error instanceof AffektError && error.code !== "aborted") failed(error);
        }
      }
      await pause(Math.max(0, dueMs - performance.now()));
    }
  })();
  return () => {
    running = false;
  };
}

/** @param hear takes the samples over @returns what ends it */
export async function eachSound(
  devices: MediaStream,
  hear: (samples: Float32Array<ArrayBuffer>, sampleRate: number) => void,
): Promise<() => void> {
  // At the rate of the models where the browser can: it resamples well.
  let context = new AudioContext({ sampleRate: SPEECH_RATE });
  let source: MediaStreamAudioSourceNode;
  try {
    source = context.createMediaStreamSource(devices);
  } catch {
    await context.close();
    context = new AudioContext();
    source = context.createMediaStreamSource(devices);
  }
  try {
    await context.audioWorklet.addModule(worklet);
    const node = new AudioWorkletNode(context, "affekt-microphone", { numberOfOutputs: 0 });
    node.port.addEventListener("message", ({ data }: MessageEvent<Float32Array<ArrayBuffer>>) =>
      hear(data, context.sampleRate),
    );
    node.port.start();
    source.connect(node);
    await context.resume();
    return () => {
      node.port.close();
      source.disconnect();
      void context.close();
    };
  } catch (error) {
    // It would go on listening; browsers give a page only a few.
    await context.close();
    throw error;
  }
}

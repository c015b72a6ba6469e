/** The arithmetic of optimizers as a WebAssembly SIMD kernel (kernel.wat): about 0.6 ns a parameter. */
import { KERNEL } from "./kernel-bytes.ts";

/** Functions over floats in the kernel's memory: addresses in bytes, counts in floats and multiples of 4. */
export interface Kernel {
  readonly memory: ArrayBuffer;
  adamw(
    parameters: number,
    firstMoment: number,
    secondMoment: number,
    gradient: number,
    count: number,
    rate: number,
    oneMinusBeta1: number,
    oneMinusBeta2: number,
    epsilon: number,
    keep: number,
    scale: number,
  ): void;
  sgd(
    parameters: number,
    velocity: number,
    gradient: number,
    count: number,
    rate: number,
    momentum: number,
    keep: number,
    scale: number,
  ): void;
  squares(values: number, count: number): number;
  blend(average: number, values: number, count: number, share: number): void;
  /** Adds `l2 · p + l1 · sign(p)` to the gradient. */
  penalize(gradient: number, parameters: number, count: number, l1: number, l2: number): void;
}

const PAGE = 65_536;

/** The global holds no TextDecoder-like helper for base64 that both Node and browsers type the same way. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const digits = text.replace(/=+$/, "");
  const out = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of digits) {
    held = ((held << 6) | alphabet.indexOf(character)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 255;
    }
  }
  return out;
}

/** A kernel over its own memory of at least `bytes` bytes, which never grows (views of it stay valid). */
export function createKernel(bytes: number): Kernel {
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const module = new WebAssembly.Module(decodeBase64(KERNEL));
  const { exports } = new WebAssembly.Instance(module, { affekt: { memory } });
  return { ...(exports as unknown as Omit<Kernel, "memory">), memory: memory.buffer };
}

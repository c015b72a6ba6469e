/** The arithmetic of optimizers as a WebAssembly SIMD kernel (kernel.wat): about 0.6 ns a parameter. */
import { base64Bytes } from "../../core/base64.ts";
import { AffektError } from "../../core/errors.ts";
import { KERNEL } from "./kernel-bytes.ts";

/** Functions over floats in the kernel's memory: addresses in bytes, counts in floats and multiples of 4. */
export interface Kernel {
  readonly memory: ArrayBuffer;
  /** One update by `adamW` in optimizer.ts. `keep` is what weight decay leaves, `scale` multiplies the gradient. */
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
  /** One update by `sgd` in optimizer.ts. */
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
  /** Sum of the squares. */
  squares(values: number, count: number): number;
  /** Moves `average` towards `values` by a share of the way. */
  blend(average: number, values: number, count: number, share: number): void;
  /** Adds `l2 · p + l1 · sign(p)` to the gradient. */
  penalize(gradient: number, parameters: number, count: number, l1: number, l2: number): void;
}

const PAGE = 65_536;
/** Addresses have 32 bits. */
const MOST_PAGES = 65_536;

const GIBIBYTE = 2 ** 30;

function tooLarge(bytes: number, cause?: unknown): AffektError {
  return new AffektError(
    "limit",
    `Training needs ${(bytes / GIBIBYTE).toFixed(1)} GiB for parameters, gradients and the optimizer's state; WebAssembly has at most 4 GiB, and this machine may have less.`,
    "Take a smaller network, SGD in place of AdamW, or leave out averageDecay and accumulate.",
    { cause },
  );
}

/**
 * A kernel over its own memory of at least `bytes` bytes, which never grows (views of it stay valid).
 *
 * @throws AffektError `limit` if there is not so much memory
 */
export function createKernel(bytes: number): Kernel {
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  if (pages > MOST_PAGES) throw tooLarge(bytes);
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw tooLarge(bytes, cause);
  }
  const module = new WebAssembly.Module(base64Bytes(KERNEL));
  const { exports } = new WebAssembly.Instance(module, { affekt: { memory } });
  return { ...(exports as unknown as Omit<Kernel, "memory">), memory: memory.buffer };
}

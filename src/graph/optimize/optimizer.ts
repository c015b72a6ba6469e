/** Optimizers: how a gradient becomes an update. State lives in the parameter store, so an optimizer is a pure rule. */
import type { Kernel } from "./kernel.ts";

/** A run of floats in the kernel's memory that is updated in one go: addresses in bytes, count a multiple of 4. */
export interface Span {
  readonly parameters: number;
  readonly gradient: number;
  /** One address per slot of the optimizer. */
  readonly slots: readonly number[];
  readonly count: number;
  /** Weight decay applies. */
  readonly decay: boolean;
}

export interface UpdateSettings {
  readonly learningRate: number;
  /** Updates made so far, this one included. */
  readonly step: number;
  /** What the gradient is multiplied with (norm clipping). */
  readonly scale: number;
}

/** Penalties on the weights that decay applies to, as part of the gradient: `l1 · |w| + l2 / 2 · w²`. */
export interface Penalty {
  readonly l1?: number;
  readonly l2?: number;
}

export interface Optimizer {
  readonly name: string;
  /** State arrays per parameter. */
  readonly slots: number;
  update(kernel: Kernel, span: Span, settings: UpdateSettings): void;
}

export interface AdamWOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled decay per unit of learning rate. Default 0.01. */
  readonly weightDecay?: number;
}

/** AdamW (Loshchilov & Hutter 2019); with `weightDecay: 0` it is Adam (Kingma & Ba 2015). */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  return {
    name: "adamw",
    slots: 2,
    update(kernel, { parameters, gradient, slots, count, decay }, { learningRate, step, scale }) {
      const [first = 0, second = 0] = slots;
      // m̂ / (√v̂ + ε) = (√c₂ / c₁) · m / (√v + ε · √c₂), with c = 1 − βᵗ.
      const root = Math.sqrt(1 - beta2 ** step);
      const rate = (learningRate * root) / (1 - beta1 ** step);
      const keep = decay ? 1 - learningRate * weightDecay : 1;
      kernel.adamw(parameters, first, second, gradient, count, rate, 1 - beta1, 1 - beta2, epsilon * root, keep, scale);
    },
  };
}

export interface SgdOptions {
  readonly momentum?: number;
  readonly weightDecay?: number;
}

/** Stochastic gradient descent with momentum (Polyak 1964) and decoupled weight decay. */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0.9, weightDecay = 0 } = options;
  return {
    name: "sgd",
    slots: 1,
    update(kernel, { parameters, gradient, slots, count, decay }, { learningRate, scale }) {
      const keep = decay ? 1 - learningRate * weightDecay : 1;
      kernel.sgd(parameters, slots[0] as number, gradient, count, learningRate, momentum, keep, scale);
    },
  };
}

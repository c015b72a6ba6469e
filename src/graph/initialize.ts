/**
 * Initial values of parameters.
 *
 * Sources: Glorot & Bengio (2010) for Xavier, He et al. (2015) for He.
 */
import type { Random } from "../core/random.ts";
import type { Shape } from "./shape.ts";

/** Fills `data`, an array of shape `shape`. */
export type Initializer = (data: Float32Array, shape: Shape, random: Random) => void;

/** Inputs and outputs per unit: `[in, out]` for a matrix, `[out, in, ...kernel]` for a convolution. */
function fans(shape: Shape): { fanIn: number; fanOut: number } {
  const [first = 1, second = 1, ...kernel] = shape;
  const taps = kernel.reduce((product, size) => product * size, 1);
  return shape.length > 2 ? { fanIn: second * taps, fanOut: first * taps } : { fanIn: first, fanOut: second };
}

export function filled(value: number): Initializer {
  return (data) => void data.fill(value);
}

export const zeros = filled(0);
export const ones = filled(1);

/** Uniform in ±bound. */
export function uniform(bound: number): Initializer {
  return (data, _shape, random) => {
    for (let i = 0; i < data.length; i++) data[i] = random.uniform(-bound, bound);
  };
}

export function normal(deviation: number): Initializer {
  return (data, _shape, random) => {
    for (let i = 0; i < data.length; i++) data[i] = deviation * random.normal();
  };
}

/** Uniform in ±√(6 / (fanIn + fanOut)): keeps the variance through linear and tanh layers. */
export const xavier: Initializer = (data, shape, random) => {
  const { fanIn, fanOut } = fans(shape);
  uniform(Math.sqrt(6 / (fanIn + fanOut)))(data, shape, random);
};

/** Normal with variance 2 / fanIn: keeps the variance through ReLU layers. */
export const he: Initializer = (data, shape, random) => {
  normal(Math.sqrt(2 / fans(shape).fanIn))(data, shape, random);
};

/** A given array, for weights that come from elsewhere. */
export function values(source: Float32Array): Initializer {
  return (data) => data.set(source);
}

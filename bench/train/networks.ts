/**
 * The reference networks of the training benchmark, as in peer.py: the same layers, sizes, batches and losses.
 * W1 face, W2 and W2b text, W3 and W3b speech, W4 fusion.
 */
import { type Random, random } from "../../src/core/random.ts";
import { elementCount, float32, type Tensor } from "../../src/core/tensor.ts";
import type { Graph, Layer, Node } from "../../src/graph/graph.ts";
import { multiHeadAttention, positions, transformerLayer } from "../../src/graph/layers/attention.ts";
import { sequential } from "../../src/graph/layers/compose.ts";
import { conv2d } from "../../src/graph/layers/convolutional.ts";
import { embedding, linear } from "../../src/graph/layers/dense.ts";
import { batchNorm, layerNorm } from "../../src/graph/layers/normalizing.ts";
import { maxPool2d, meanOverSteps } from "../../src/graph/layers/pooling.ts";
import { gru, lstm } from "../../src/graph/layers/recurrent.ts";
import { crossEntropy } from "../../src/graph/losses.ts";
import { dropout, relu } from "../../src/graph/ops/activation.ts";
import { add } from "../../src/graph/ops/arithmetic.ts";
import { concat, flatten, reshape, transpose } from "../../src/graph/ops/reshape.ts";
import type { TrainingDefinition } from "../../src/graph/training-step.ts";

const VOCABULARY = 30_000;
const DIM = 128;
const STEPS = 64;

export interface ReferenceNetwork {
  readonly title: string;
  readonly batch: number;
  readonly classes: number;
  /** Shape of each input without its batch. */
  readonly inputs: Readonly<Record<string, { readonly shape: readonly number[]; readonly words?: true }>>;
  readonly logits: (inputs: Readonly<Record<string, Node>>) => Node;
}

/** W1: VGG-like, 48×48 grey. */
function faceCnn(x: Node): Node {
  const layers: Layer[] = [];
  for (const channels of [32, 64, 128]) {
    for (const half of ["a", "b"]) {
      const name = `${channels}${half}`;
      layers.push(conv2d(`conv${name}`, channels, { kernel: 3, bias: false }), batchNorm(`norm${name}`));
      // Pooling before the rectifier gives the same values with a quarter of the work.
      if (half === "b") layers.push(maxPool2d(2));
      layers.push(relu);
    }
  }
  layers.push(flatten, linear("hidden", 256), relu, (h) => dropout(h, 0.5), linear("out", 7));
  return sequential(...layers)(x);
}

/** W2: embedding, bidirectional LSTM, mean. */
function textLstm(ids: Node): Node {
  const states = lstm("lstm", DIM, { direction: "both" })(embedding("words", VOCABULARY, DIM)(ids));
  return linear("out", 7)(meanOverSteps(states));
}

const encoder = (name: string) => transformerLayer(name, DIM, { heads: 4, feedForward: 512, dropout: 0.1 });

/** W2b: embedding, learned positions, two transformer layers, mean. */
function textTransformer(ids: Node): Node {
  const read = positions("text", STEPS, DIM)(embedding("words", VOCABULARY, DIM)(ids));
  return linear("out", 7)(meanOverSteps(encoder("second")(encoder("first")(read))));
}

/** W3 and W3b: four convolutions over a log-mel spectrogram, then a layer over time. */
function speechCnn(overTime: Layer): Layer {
  const layers: Layer[] = [];
  for (const channels of [32, 64, 96, 128]) {
    layers.push(
      conv2d(`conv${channels}`, channels, { kernel: 3, bias: false }),
      batchNorm(`norm${channels}`),
      maxPool2d(2),
      relu,
    );
  }
  return (x) => {
    const maps = sequential(...layers)(x); // (B, 128, 18, 4)
    const [batch = 0, channels = 0, steps = 0, bands = 0] = maps.shape;
    const inTime = reshape(transpose(maps, [0, 2, 1, 3]), [batch, steps, channels * bands]);
    return linear("out", 7)(meanOverSteps(overTime(inTime)));
  };
}

function crossModalBlock(name: string): (query: Node, memory: Node) => Node {
  const attend = multiHeadAttention(`${name}.attention`, DIM, { heads: 4 });
  const [norm1, norm2] = [layerNorm(`${name}.norm1`), layerNorm(`${name}.norm2`)];
  const feed = sequential(linear(`${name}.widen`, 256), relu, linear(`${name}.narrow`, DIM));
  return (query, memory) => {
    const hidden = norm1(add(query, attend(query, memory)));
    return norm2(add(hidden, feed(hidden)));
  };
}

/** W4: three embeddings, each attending to the other two. */
function fusion(inputs: Readonly<Record<string, Node>>): Node {
  const tokens = Object.entries(inputs).map(([name, x]) =>
    reshape(linear(name, DIM)(x), [x.shape[0] as number, 1, DIM]),
  );
  const fused = tokens.map((token, index) => {
    const others = concat(
      tokens.filter((_, other) => other !== index),
      1,
    );
    return crossModalBlock(`block${index}`)(token, others);
  });
  const head = sequential(flatten, linear("hidden", DIM), relu, (h) => dropout(h, 0.3), linear("out", 6));
  return head(concat(fused, 2));
}

const one = (inputs: Readonly<Record<string, Node>>): Node => inputs.x as Node;
const words = { x: { shape: [STEPS], words: true } } as const;
const spectrogram = { x: { shape: [1, 300, 64] } } as const;

export const NETWORKS: Readonly<Record<string, ReferenceNetwork>> = {
  W1: {
    title: "face: six convolutions, 48×48",
    batch: 64,
    classes: 7,
    inputs: { x: { shape: [1, 48, 48] } },
    logits: (inputs) => faceCnn(one(inputs)),
  },
  W2: { title: "text: LSTM", batch: 64, classes: 7, inputs: words, logits: (inputs) => textLstm(one(inputs)) },
  W2b: {
    title: "text: transformer",
    batch: 64,
    classes: 7,
    inputs: words,
    logits: (inputs) => textTransformer(one(inputs)),
  },
  W3: {
    title: "speech: convolutions, GRU",
    batch: 32,
    classes: 7,
    inputs: spectrogram,
    logits: (inputs) => speechCnn(gru("gru", DIM))(one(inputs)),
  },
  W3b: {
    title: "speech: convolutions, transformer",
    batch: 32,
    classes: 7,
    inputs: spectrogram,
    logits: (inputs) => speechCnn((x) => encoder("time")(linear("narrow", DIM)(x)))(one(inputs)),
  },
  W4: {
    title: "fusion: cross-modal attention",
    batch: 32,
    classes: 6,
    inputs: { text: { shape: [768] }, face: { shape: [512] }, speech: { shape: [512] } },
    logits: fusion,
  },
};

/** The definition of a training step of a reference network. */
export function definitionOf({ batch, classes, inputs, logits }: ReferenceNetwork): TrainingDefinition {
  return (graph: Graph) => {
    const nodes = Object.fromEntries(
      Object.entries(inputs).map(([name, input]) => [
        name,
        graph.input(name, [batch, ...input.shape], input.words ? "int32" : "float32"),
      ]),
    );
    return { loss: crossEntropy(logits(nodes), graph.input("target", [batch, classes])) };
  };
}

/** One batch of random inputs and targets. */
export function batchOf(
  { batch, classes, inputs }: ReferenceNetwork,
  generator: Random = random(1),
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const dims = [batch, ...input.shape];
    const length = elementCount(dims);
    feeds[name] = input.words
      ? { type: "int32", dims, data: Int32Array.from({ length }, () => generator.integer(VOCABULARY)) }
      : float32(
          Float32Array.from({ length }, () => generator.normal()),
          dims,
        );
  }
  const target = new Float32Array(batch * classes);
  for (let row = 0; row < batch; row++) target[row * classes + generator.integer(6)] = 1;
  return { ...feeds, target: float32(target, [batch, classes]) };
}

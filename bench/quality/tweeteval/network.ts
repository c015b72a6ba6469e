/**
 * A linear classifier over hashed n-grams, and over what two lexicons of valences say of the tokens.
 *
 * The lexicons are read as VADER reads them: a negation up to three tokens before a word turns its valence round.
 * Source: Hutto & Gilbert (2014), VADER; Wang & Manning (2012), "Baselines and bigrams".
 */
import { tokenMask } from "../../../src/encode/text/token-mask.ts";
import type { Graph, Node } from "../../../src/graph/graph.ts";
import { zeros } from "../../../src/graph/initialize.ts";
import { embedding, linear } from "../../../src/graph/layers/dense.ts";
import { relu } from "../../../src/graph/ops/activation.ts";
import { add, div, mul, scale, shift, sqrt, sum } from "../../../src/graph/ops/arithmetic.ts";
import { concat, slice } from "../../../src/graph/ops/reshape.ts";
import { DYNAMIC } from "../../../src/graph/shape.ts";

/** Columns of the table of tokens: valences of two lexicons, whether it negates, and signs counted one by one. */
export const LEXICONS = 2;
export const SIGNS = 9;
export const TOKEN_COLUMNS = LEXICONS + 1 + SIGNS;
/** Numbers that are read of a text's tokens. */
export const READINGS = 12 * LEXICONS + 1 + SIGNS;

/** Tokens before a word that may turn it round. */
const REACH = 3;
/** What a turned valence is multiplied with. */
const TURNED = -0.7;
/** Numbers come in sizes that one penalty on their weights suits. */
const SIZE = 0.4;

export interface Widths {
  readonly maxTokens: number;
  readonly vocabulary: number;
  readonly limit: number;
  readonly buckets: number;
  readonly labels: number;
}

const least = (a: Node, b: number): Node => a.graph.one("Min", [a, a.graph.scalar(b)], a.shape);
const most = (a: Node, b: number): Node => a.graph.one("Max", [a, a.graph.scalar(b)], a.shape);
const strongest = (x: Node): Node =>
  x.graph.one("ReduceMax", [x], [x.shape[0] as number, x.shape[2] as number], {
    axes: { ints: [1] },
    keepdims: { int: 0 },
  });
/** 1 from a tenth on. */
const whether = (x: Node): Node => least(scale(relu(x), 10), 1);

/** `[batch, steps, n]`, each step holding what stood `by` steps before. */
function later(x: Node, by: number): Node {
  const steps = x.shape[1] as number;
  return concat([scale(slice(x, 1, 0, by), 0), slice(x, 1, 0, steps - by)], 1);
}

/** @param tokens int32 `[batch, maxTokens]` @returns `[batch, READINGS]` */
function readings(tokens: Node, vocabulary: number): Node {
  const rows = embedding("signs", vocabulary, TOKEN_COLUMNS, { initialize: zeros })(tokens);
  const valences = slice(rows, 2, 0, LEXICONS);
  const negations = slice(rows, 2, LEXICONS, LEXICONS + 1);
  const before = Array.from({ length: REACH }, (_, at) => later(negations, at + 1)).reduce(add);
  const turned = mul(valences, shift(scale(least(before, 1), TURNED - 1), 1));
  const length = sqrt(most(sum(tokenMask(tokens), [1], true), 1));
  const [good, bad] = [sum(relu(valences), [1]), sum(relu(scale(valences, -1)), [1])];
  const total = sum(turned, [1]);
  const perLength = (x: Node): Node => scale(div(x, length), 3);
  const numbers = [
    ...[good, bad, total].flatMap((x) => [x, perLength(x)]),
    relu(strongest(valences)),
    relu(strongest(scale(valences, -1))),
    ...[good, bad, total, scale(total, -1)].map(whether),
    scale(length, 0.2),
    scale(sum(slice(rows, 2, LEXICONS + 1, TOKEN_COLUMNS), [1]), 0.5),
  ];
  return scale(concat(numbers, 1), SIZE);
}

/** What the tokens say, as numbers for the fit. */
export function readingsOf(graph: Graph, { maxTokens, vocabulary }: Widths): Readonly<Record<string, Node>> {
  return { readings: readings(graph.input("tokens", [DYNAMIC, maxTokens], "int32"), vocabulary) };
}

export function tweetNetwork(graph: Graph, widths: Widths): Readonly<Record<string, Node>> {
  const { maxTokens, vocabulary, limit, buckets, labels } = widths;
  const tokens = graph.input("tokens", [DYNAMIC, maxTokens], "int32");
  const ngrams = graph.input("ngrams", [DYNAMIC, limit], "int32");
  const said = readings(tokens, vocabulary);
  // Row 0, padding, is zero.
  const total = sum(embedding("wide", buckets, labels, { initialize: zeros })(ngrams), [1]);
  const count = sqrt(most(sum(tokenMask(ngrams), [1], true), 1));
  return { logits: add(div(total, count), linear("read", labels)(said)), embedding: said };
}

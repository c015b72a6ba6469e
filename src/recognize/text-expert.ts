/**
 * Text → opinion: tokens and hashed n-grams by the contract, one network; what is denied is taken back and what is said
 * more or less strongly is kept in its sense where the contract says how, windows are averaged.
 */
import { defined } from "../core/defined.ts";
import { AffektError } from "../core/errors.ts";
import type { Runtime, SessionOptions } from "../core/ports.ts";
import type { Tensor } from "../core/tensor.ts";
import { textNgrams } from "../preprocess/text/ngrams.ts";
import { normalizeText } from "../preprocess/text/normalize.ts";
import { speller } from "../preprocess/text/spelling.ts";
import { type SubwordModel, subwordTokenizer } from "../preprocess/text/subwords.ts";
import type { TextContract } from "./contract.ts";
import { inItsSense, withoutDegree } from "./degree.ts";
import { type Clause, clausesIn, composed, readClause } from "./denied.ts";
import { answersOfGroups, givesSteps, type Logits, openNetwork, type RowAnswer } from "./network.ts";
import { logProbabilities, type Opinion } from "./opinion.ts";
import { type EncodedWindow, encodeWindows } from "./text-windows.ts";

/** What a recognizer asks about texts: one expert, or several behind a router. */
export interface TextOpinions {
  /**
   * An opinion per text, or null for a text without a single token.
   *
   * @param language of all of them, as ISO 639-1, where the caller knows it and there are experts for several
   */
  opinions(texts: readonly string[], language?: string): Promise<(Opinion | null)[]>;
  close(): Promise<void>;
}

export interface TextExpert extends TextOpinions {
  readonly contract: TextContract;
}

export interface TextExpertOptions extends SessionOptions {
  /** The tokenizer, if the contract names only its hash. */
  readonly tokenizer?: SubwordModel;
  /** Cuts runs of Chinese into words; needed if the contract says `segmentHan`. */
  readonly segmentHan?: (han: string) => readonly string[];
}

function paddedIds(rows: readonly ArrayLike<number>[], width: number): Tensor {
  const data = new Int32Array(rows.length * width);
  for (const [row, ids] of rows.entries()) {
    const kept = Math.min(width, ids.length);
    for (let at = 0; at < kept; at++) data[row * width + at] = ids[at] as number;
  }
  return { type: "int32", data, dims: [rows.length, width] };
}

/** The share of known tokens; a text of unknown symbols says little. */
function textQuality(windows: readonly EncodedWindow[], unknownId: number): number {
  let known = 0;
  let all = 0;
  for (const { ids } of windows) {
    all += ids.length;
    for (const id of ids) if (id !== unknownId) known++;
  }
  return known / all;
}

/** @throws AffektError `model`, `contract` */
export async function openTextExpert(
  runtime: Runtime,
  bytes: Uint8Array,
  contract: TextContract,
  options: TextExpertOptions = {},
): Promise<TextExpert> {
  const { input } = contract;
  const model = "model" in input.tokenizer ? input.tokenizer.model : options.tokenizer;
  if (model === undefined) {
    throw new AffektError(
      "contract",
      `The model ${contract.id} needs a tokenizer file that was not given.`,
      "Put tokenizer.json beside the model file.",
    );
  }
  const tokenizer = subwordTokenizer(model);
  const { segmentHan: segmented, limit, ...ngramOptions } = input.ngrams ?? { segmentHan: false, limit: 0 };
  const segment = segmented ? options.segmentHan : undefined;
  if (segmented && segment === undefined) {
    throw new AffektError(
      "contract",
      `The model ${contract.id} needs Chinese text cut into words, which this platform was not given.`,
      "Pass segmentHan, or use another text model.",
    );
  }
  const network = await openNetwork(runtime, bytes, contract, options);

  function feeds(windows: readonly EncodedWindow[]): Record<string, Tensor> {
    const feed: Record<string, Tensor> = {};
    if (input.inputs.tokens !== undefined) {
      feed[input.inputs.tokens] = paddedIds(
        windows.map(({ ids }) => ids),
        input.maxTokens,
      );
    }
    if (input.inputs.ngrams !== undefined && "buckets" in ngramOptions) {
      const all = { ...defined(ngramOptions), limit, ...(segment === undefined ? {} : { segment }) };
      feed[input.inputs.ngrams] = paddedIds(
        windows.map(({ text }) => textNgrams(text, all)),
        limit,
      );
    }
    return feed;
  }

  const probabilities = (of: Float32Array): Float64Array => logProbabilities({ contract, logits: of }).map(Math.exp);
  const mend = contract.spelling === true ? speller(tokenizer) : undefined;
  /** Only what is read is mended: of a long text these are windows. */
  function mended(window: EncodedWindow): EncodedWindow {
    const text = mend?.(normalizeText(window.text)) ?? window.text;
    return text === window.text ? window : encoded(text);
  }
  const encoded = (text: string): EncodedWindow => ({ text, ids: tokenizer.encode(text, input.maxTokens) });

  /** What the network says of each window, without the emotions that it denies. */
  async function askPlainly(windows: readonly EncodedWindow[]): Promise<Logits> {
    const run = (rows: readonly EncodedWindow[]): Promise<Logits> =>
      network.run(rows.length, (start, end) => feeds(rows.slice(start, end)));
    const { negation, labels } = contract;
    if (negation === undefined) return run(windows);
    const clauses = windows.map(({ text }) => readClause(normalizeText(text), negation));
    const denied = clauses.flatMap((clause) => clausesIn(clause).slice(1));
    if (denied.length === 0) return run(windows);
    const parts = denied.map(({ text }) => encoded(text));
    const known = denied.filter((_, at) => (parts[at] as EncodedWindow).ids.length > 0);
    const logits = await run([...windows, ...parts.filter(({ ids }) => ids.length > 0)]);
    const own = new Map<Clause, Float32Array>(
      [...clauses, ...known].map((clause, row) => [
        clause,
        logits.data.subarray(row * labels.length, (row + 1) * labels.length),
      ]),
    );
    const data = new Float32Array(windows.length * labels.length);
    for (const [row, clause] of clauses.entries()) {
      const said = composed(clause, (one) => own.get(one), probabilities, labels.indexOf("neutral"), negation);
      if (said !== undefined) data.set(said, row * labels.length);
    }
    return { ...logits, data, rows: windows.length };
  }

  /** The same, with words of degree in their sense. */
  async function ask(windows: readonly EncodedWindow[]): Promise<Logits> {
    const { degree, labels } = contract;
    if (degree === undefined) return askPlainly(windows);
    const graded = windows.flatMap(({ text }, row) => {
      const without = withoutDegree(normalizeText(text));
      return without === undefined ? [] : [{ row, strength: without.strength, window: encoded(without.text) }];
    });
    const logits = await askPlainly([...windows, ...graded.map(({ window }) => window)]);
    const width = labels.length;
    const at = (row: number): Float32Array => logits.data.subarray(row * width, (row + 1) * width);
    const neutral = labels.indexOf("neutral");
    for (const [index, { row, strength }] of graded.entries()) {
      at(row).set(inItsSense(at(row), at(windows.length + index), strength, probabilities, neutral, degree));
    }
    return { ...logits, data: logits.data.subarray(0, windows.length * width), rows: windows.length };
  }

  return {
    contract,
    async opinions(texts) {
      const windowsOf = texts.map((text) => encodeWindows(text, tokenizer, input.maxTokens).map(mended));
      const present = windowsOf.filter((windows) => windows.some(({ ids }) => ids.length > 0));
      const windows = present.flat();
      const groups = present.flatMap((own, group) => own.map(() => group));
      const weights = windows.map(({ ids }) => ids.length);
      const logits = await ask(windows);
      const answers = answersOfGroups(contract, logits, groups, present.length, weights);
      let group = 0;
      return windowsOf.map((own) => {
        if (!own.some(({ ids }) => ids.length > 0)) return null;
        return {
          contract,
          ...(answers[group++] as RowAnswer),
          quality: textQuality(own, tokenizer.unknownId),
          ...(givesSteps(contract) ? { subwords: own.map(({ ids }) => ids.length) } : {}),
        };
      });
    },
    close: () => network.close(),
  };
}

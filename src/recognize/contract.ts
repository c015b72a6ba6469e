/**
 * The contract that every model file carries: what it answers, what it must be fed, how far to trust it, and where it
 * comes from. It is stored as JSON under the key `affekt` of the ONNX `metadata_props`, so that weights and their
 * preprocessing cannot part. A file whose contract is missing or wrong is refused.
 */
import * as z from "zod";
import { checkValue } from "../core/check-value.ts";
import { AffektError } from "../core/errors.ts";
import { FusionInput } from "./fusion-input.ts";

/** Version of the contract's own format. */
export const CONTRACT_VERSION = 1;

const Name = z.string().min(1);
const Positive = z.number().positive();
const Count = z.int().positive();

const Tokenizer = z.union([
  /** The `SubwordModel` of `preprocess/text` itself. */
  z.strictObject({
    model: z.strictObject({
      format: z.literal("affekt-subwords"),
      version: z.literal(1),
      symbols: z.array(z.string()),
      characters: z.array(z.string()),
      merges: z.array(z.int().nonnegative()),
    }),
  }),
  /** Of a `tokenizer.json` beside the model file: lower-case hexadecimal SHA-256 of its bytes. */
  z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
]);

/** The options of `preprocess/text/ngrams.ts`; those left out have its defaults. */
const Ngrams = z.strictObject({
  buckets: z.int().min(2),
  limit: Count,
  wordOrders: z.array(Count).optional(),
  characterOrders: z.array(Count).optional(),
  hanOrders: z.array(Count).optional(),
  repeats: z.boolean().optional(),
  /** Whether runs of Chinese are also cut into words. */
  segmentHan: z.boolean().default(false),
});

const TextInput = z.strictObject({
  /**
   * Names of the graph's inputs, one or both. `tokens` is int32 `[batch, maxTokens]`, `ngrams` int32
   * `[batch, ngrams.limit]`; both are padded with 0 at the end.
   */
  inputs: z
    .strictObject({ tokens: Name.optional(), ngrams: Name.optional() })
    .refine(({ tokens, ngrams }) => tokens !== undefined || ngrams !== undefined, "must name tokens or ngrams"),
  maxTokens: Count,
  tokenizer: Tokenizer,
  ngrams: Ngrams.optional(),
  /** ISO 639-1 codes that the model was trained on. */
  languages: z.array(z.string().regex(/^[a-z]{2}$/)).min(1),
});

/** One cut of a face crop: enlarged about its middle, then moved right and down by shares of the side. */
export const FaceView = z.strictObject({
  scale: Positive,
  shiftX: z.number().min(-0.5).max(0.5).default(0),
  shiftY: z.number().min(-0.5).max(0.5).default(0),
});

export type FaceView = z.infer<typeof FaceView>;

const FaceInput = z.strictObject({
  /** Name of the graph's input, float32 `[batch, channels, size, size]`. */
  inputs: z.strictObject({ pixels: Name }),
  /** Side of the square that the network sees, in pixels. */
  size: Count,
  /** Side that a face crop is brought to, of which the network sees the middle; default: `size`. */
  cropSize: Count.optional(),
  /** 1 grey, 3 RGB. */
  channels: z.union([z.literal(1), z.literal(3)]),
  /**
   * `"standardize"`: each crop to mean 0 and deviation 1. Otherwise `(pixel − mean) / std`, one number per channel,
   * pixels in [0, 1].
   */
  normalization: z.union([
    z.literal("standardize"),
    z.strictObject({ mean: z.array(z.number()).min(1).max(3), std: z.array(Positive).min(1).max(3) }),
  ]),
  /** Added to each side of the square about the face (brow to chin), as a share of the longer side. */
  cropMargin: z.number().min(-0.4).max(2),
  /** Whether the eyes are turned level before cropping. */
  aligned: z.boolean(),
  /** Averages the logits of each view and its mirror image. */
  flipAverage: z.boolean().default(false),
  /** Cuts of the crop whose logits are averaged; without it the crop is seen once, as it is. */
  views: z.array(FaceView).min(1).exactOptional(),
});

const SpeechInput = z.strictObject({
  /**
   * Name of the graph's input: float32 `[batch, steps, bands]` or `[batch, 1, bands, steps]`, by `layout`; with
   * `cepstra`, coefficients in place of bands. `functionals` is float32 `[batch, functionals.mean.length]`. One or both.
   */
  inputs: z
    .strictObject({ features: Name.optional(), functionals: Name.optional() })
    .refine(
      ({ features, functionals }) => features !== undefined || functionals !== undefined,
      "must name features or functionals",
    ),
  layout: z.enum(["bands-steps", "steps-bands"]),
  sampleRate: Count,
  bands: Count,
  lowHz: z.number().nonnegative(),
  highHz: Positive,
  windowMs: Positive,
  hopMs: Positive,
  /** Added to the power before the logarithm. */
  floor: Positive.default(1e-6),
  /** Neighbouring frames averaged into one step. */
  averageFrames: Count,
  /**
   * Cepstral coefficients (MFCC) of the averaged bands, which the network sees in their place; with `deltas`, followed
   * by their slopes over time.
   */
  cepstra: z.strictObject({ coefficients: Count, deltas: z.boolean().default(false) }).optional(),
  /** Length of the window that the network sees, in averaged steps; shorter sound is repeated. */
  steps: Count,
  /** Whose mean and deviation per band are used: the clip's own, or those of all that is known of the speaker. */
  normalization: z.enum(["clip", "speaker"]),
  /**
   * Of the numbers of a whole utterance, over the training utterances, where the network reads them; `prior` is how many
   * utterances of anyone those of a speaker are weighed against, by default 2.
   */
  functionals: z
    .strictObject({ mean: z.array(z.number()), deviation: z.array(Positive), prior: Positive.exactOptional() })
    .exactOptional(),
  /** Frames this many dB under the loudest are cut at both ends; 0 keeps all. */
  trimDb: z.number().nonnegative().default(40),
});

/** Text, face and voice in one network. The preprocessing of each is stated as in a contract of that modality. */
const MultimodalInput = z.strictObject({
  /** Names of the graph's inputs; `presence` is float32 `[batch, 3]`, 1 where text, face and voice are there. */
  inputs: z.strictObject({
    tokens: Name.optional(),
    ngrams: Name.optional(),
    pixels: Name,
    features: Name,
    presence: Name,
  }),
  text: TextInput.omit({ inputs: true }),
  face: FaceInput.omit({ inputs: true }),
  speech: SpeechInput.omit({ inputs: true }),
});

const common = {
  contract: z.literal(CONTRACT_VERSION),
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  labels: z
    .array(Name)
    .min(2)
    .refine((labels) => new Set(labels).size === labels.length, "labels must differ from each other"),
  /** `single`: one label an utterance (softmax). `multi`: any number of labels (sigmoids with thresholds). */
  task: z.enum(["single", "multi"]),
  outputs: z.strictObject({
    /** float32 `[batch, labels]`, before softmax or sigmoid. */
    logits: Name,
    /** float32 `[batch, width]`, for fusion and for anomaly detection. */
    embedding: Name.optional(),
    /** float32 `[batch, steps, width]`: what was read, step by step; steps of nothing but zeros are padding. */
    sequence: Name.optional(),
    /** float32 `[batch, modalities]`: share of each modality in the fused vector, where the fusion weighs them. */
    weights: Name.optional(),
  }),
  /**
   * What the network answers beside its label, by the field of the training rows that it learnt it from: a number of
   * that `mean` and `deviation`, standardized, `[batch, 1]`; or the logits of `values`.
   */
  columns: z
    .array(
      z.strictObject({
        field: Name,
        output: Name,
        mean: z.number().exactOptional(),
        deviation: Positive.exactOptional(),
        values: z.array(z.string()).exactOptional(),
      }),
    )
    .exactOptional(),
  /** Scores are `softmax(logits / temperature + bias)`, fitted on validation rows (with one label, where task is multi). */
  temperature: Positive,
  /** Per label; bias-corrected temperature scaling (Alexandari et al. 2020). */
  bias: z.array(z.number()).optional(),
  /** Probability per label above which a multi-label model says yes; chosen on validation. */
  thresholds: z.array(z.number().min(0).max(1)).optional(),
  /** Below this confidence the recognizer names no label. */
  abstainBelow: z.number().min(0).max(1),
  /** Exponent of this expert in the log-linear pool, chosen on validation. */
  poolWeight: Positive.default(1),
  /** Share of each label in the training rows, which the pool takes out once per extra expert. */
  prior: z.array(Positive).optional(),
  /** Mean and deviation of the embedding on training rows, for anomaly detection. */
  featureStatistics: z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number()) }).optional(),
  /** SHA-256 of the training manifest. */
  trainingManifestHash: z.string().regex(/^[0-9a-f]{64}$/),
  licence: z.strictObject({
    /** SPDX expression where there is one, otherwise the terms in words. */
    terms: Name,
    commercial: z.boolean(),
  }),
  /** Data that the weights were trained on, and how many of their rows; none of those that only chose the epoch. */
  sources: z.array(
    z.strictObject({
      name: Name,
      terms: Name,
      commercial: z.boolean().optional(),
      rows: z.int().nonnegative().optional(),
    }),
  ),
  trained: z.strictObject({
    date: z.iso.date(),
    command: Name,
    seed: z.int(),
    /** Epochs run, and the minutes that they took on the machine they ran on; earlier weights are not counted in. */
    epochs: Count.optional(),
    minutes: Positive.optional(),
  }),
  /** By name, on the test rows that the name says. */
  metrics: z.record(z.string(), z.number()).optional(),
  /** Sentences about the training data that have to stand beside every number of this model. */
  caveats: z.array(Name).exactOptional(),
};

/** How what a text denies is taken back; see `denied.ts`. Chosen on validation rows and made sentences. */
const Negation = z.strictObject({
  /** Logits that a denial takes from the emotion denied, where it is the whole text. */
  strength: Positive,
  /** Exponent of the share of the text that a denial is: a clause of a long text takes back little. */
  power: z.number().nonnegative(),
  /** Probability that what is denied shows some emotion, below which nothing is taken back. */
  least: z.number().min(0).max(1),
  /** Logits that neutral gains, where the denial is the whole text. */
  neutral: z.number().nonnegative(),
  /** Longest scope, in words (a Chinese character counts as one). */
  reach: Count,
});

export type Negation = z.infer<typeof Negation>;

/** How far a word of degree moves an answer that went against its sense; see `degree.ts`. */
const Degree = z.strictObject({
  /** Logits that the likeliest emotion gains with "extremely". */
  more: z.number().nonnegative(),
  /** Logits that it loses with "a bit". */
  less: z.number().nonnegative(),
});

export type Degree = z.infer<typeof Degree>;

export const TextContract = z.strictObject({
  ...common,
  modality: z.literal("text"),
  input: TextInput,
  negation: Negation.exactOptional(),
  degree: Degree.exactOptional(),
  /** Whether slips of the keyboard in English are mended before the text is read; see `preprocess/text/spelling.ts`. */
  spelling: z.boolean().exactOptional(),
});
export const FaceContract = z.strictObject({ ...common, modality: z.literal("face"), input: FaceInput });
export const SpeechContract = z.strictObject({ ...common, modality: z.literal("speech"), input: SpeechInput });
export const FusionContract = z.strictObject({ ...common, modality: z.literal("fusion"), input: FusionInput });

export const MultimodalContract = z.strictObject({
  ...common,
  modality: z.literal("multimodal"),
  input: MultimodalInput,
});

/** Values per label must be as many as the labels. */
export const Contract = z
  .discriminatedUnion("modality", [TextContract, FaceContract, SpeechContract, FusionContract, MultimodalContract])
  .superRefine((contract, context) => {
    for (const field of ["bias", "thresholds", "prior"] as const) {
      const values = contract[field];
      if (values !== undefined && values.length !== contract.labels.length) {
        context.addIssue({
          code: "custom",
          path: [field],
          message: `needs ${contract.labels.length} values, one per label; received ${values.length}`,
        });
      }
    }
    if (contract.modality === "face" && contract.input.normalization !== "standardize") {
      const { mean, std } = contract.input.normalization;
      if (mean.length !== contract.input.channels || std.length !== contract.input.channels) {
        context.addIssue({
          code: "custom",
          path: ["input", "normalization"],
          message: `needs ${contract.input.channels} means and deviations, one per channel; received ${mean.length} and ${std.length}`,
        });
      }
    }
    if (contract.modality === "speech" && (contract.input.cepstra?.coefficients ?? 0) > contract.input.bands) {
      context.addIssue({
        code: "custom",
        path: ["input", "cepstra", "coefficients"],
        message: `cannot be more than the ${contract.input.bands} bands; received ${contract.input.cepstra?.coefficients}`,
      });
    }
    if (contract.modality === "speech") {
      const { inputs, functionals } = contract.input;
      if ((inputs.functionals !== undefined) !== (functionals !== undefined)) {
        context.addIssue({
          code: "custom",
          path: ["input", "functionals"],
          message: "belongs to an input functionals, and such an input to it",
        });
      }
    }
    if (contract.task === "multi" && contract.thresholds === undefined) {
      context.addIssue({ code: "custom", path: ["thresholds"], message: "is required where task is multi" });
    }
  });

export type TextContract = z.infer<typeof TextContract>;
export type FaceContract = z.infer<typeof FaceContract>;
export type SpeechContract = z.infer<typeof SpeechContract>;
export type FusionContract = z.infer<typeof FusionContract>;
export type MultimodalContract = z.infer<typeof MultimodalContract>;
export type Contract = z.infer<typeof Contract>;
/** What a trainer writes: fields with a default may be left out. */
export type ContractInput = z.input<typeof Contract>;

/** @throws AffektError `contract`, naming every wrong field */
export function parseContract(value: unknown, model = "model"): Contract {
  const checked = checkValue(Contract, value, "contract");
  if ("data" in checked) return checked.data;
  const version = (value as { contract?: unknown } | null)?.contract;
  if (typeof version === "number" && version !== CONTRACT_VERSION) {
    throw new AffektError(
      "contract",
      `The ${model} has contract version ${version}; this release reads version ${CONTRACT_VERSION}.`,
      version > CONTRACT_VERSION ? "Update affekt." : "Export the model again with this release.",
    );
  }
  throw new AffektError(
    "contract",
    `The contract of the ${model} is wrong: ${checked.problems.join("; ")}.`,
    "Export the model again with `affekt train`, or correct the fields named.",
  );
}

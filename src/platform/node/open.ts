/** Opens a recognizer on the model files of a folder. Nothing is loaded before it is needed. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { checkValue } from "../../core/check-value.ts";
import { defined } from "../../core/defined.ts";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES } from "../../core/modality.ts";
import { notJson } from "../../core/parse-json.ts";
import type { Media, Runtime } from "../../core/ports.ts";
import { createExplainer, type Explainer } from "../../explain/explainer.ts";
import type { PoolOptions } from "../../fuse/log-linear-pool.ts";
import type { SubwordModel } from "../../preprocess/text/subword-model.ts";
import { chooseModels, type ModelChoice } from "../../recognize/choose-models.ts";
import { type Contract } from "../../recognize/contract.ts";
import { contractFromModel } from "../../recognize/contract-file.ts";
import { type MissingPart, missingParts } from "../../recognize/missing.ts";
import {
  createRecognizer,
  type Recognizer,
  type RecognizerOptions,
  type RecognizerParts,
  sharedParts,
} from "../../recognize/recognizer.ts";
import { routeByLanguage, scriptLanguage } from "../../recognize/route-by-language.ts";

export interface OpenOptions extends RecognizerOptions, ModelChoice {
  /** Folder with `<id>/model.onnx` files. Default: the models shipped in the package. */
  readonly models?: string | undefined;
  /** Threads inside one operator. Default 1. */
  readonly threads?: number | undefined;
  readonly runtime?: Runtime | undefined;
  readonly media?: Media | undefined;
}

/** A model file of a folder. */
export interface ModelFile<C extends Contract = Contract> {
  readonly path: string;
  readonly contract: C;
  /** What is opened in place of the file. */
  readonly bytes?: Uint8Array;
}

export interface OpenedRecognizer extends Recognizer, Explainer {
  /** The models that it uses, or will once they are needed. */
  readonly models: readonly ModelFile[];
  /** What it cannot do because models were left out for their terms. */
  readonly missing: readonly MissingPart[];
}

export function shippedModels(): string {
  return fileURLToPath(new URL("../../../models", import.meta.url));
}

/**
 * The model files of a folder and its direct subfolders, with their contracts.
 *
 * @throws AffektError `file` if the folder cannot be read, `model` or `contract` if a file is broken
 */
export async function listModels(folder: string = shippedModels()): Promise<ModelFile[]> {
  let names: string[];
  try {
    names = await readdir(folder, { recursive: true });
  } catch (cause) {
    throw new AffektError("file", `The model folder ${folder} cannot be read.`, "Check the path.", { cause });
  }
  const paths = names.filter((name) => name.endsWith(".onnx")).sort();
  return Promise.all(
    paths.map(async (name) => {
      const path = join(folder, name);
      return { path, contract: await contractOf(path) };
    }),
  );
}

async function contractOf(path: string): Promise<Contract> {
  return naming(path, async () => contractFromModel(await readFile(path)));
}

/** Puts the file's path before what is wrong with it: in a folder of models a reader must know which. */
async function naming<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AffektError) || error.message.includes(path)) throw error;
    throw new AffektError(error.code, `${path}: ${error.message}`, error.hint, { cause: error });
  }
}

/** The tokenizer beside a model file. @throws AffektError `contract` if it is missing or another */
export async function tokenizerBeside(path: string, sha256: string): Promise<SubwordModel> {
  const file = join(dirname(path), "tokenizer.json");
  const bytes = await readFile(file).catch(() => undefined);
  const found = bytes === undefined ? "nothing" : createHash("sha256").update(bytes).digest("hex");
  if (bytes === undefined || found !== sha256) {
    throw new AffektError(
      "contract",
      `The model ${path} needs the tokenizer with SHA-256 ${sha256} beside it; found ${found}.`,
      "Copy tokenizer.json together with the model file.",
    );
  }
  return JSON.parse(bytes.toString()) as SubwordModel;
}

/**
 * @throws AffektError `file` if the folder cannot be read; `model` if there is no model that may be used; `contract` if
 *   a file's contract is missing or wrong
 */
export async function openRecognizer(options: OpenOptions = {}): Promise<OpenedRecognizer> {
  const { parts, models, missing, pool } = await openParts(options);
  const settings = { ...options, missing, ...(pool === undefined ? {} : { pool }) };
  const shared = sharedParts(parts);
  const recognizer = createRecognizer(shared, settings);
  return { ...recognizer, ...createExplainer(shared, recognizer, settings), models, missing };
}

/** What a recognizer, or streams, are made of: nothing of it is loaded before it is needed. */
export interface OpenedParts extends Pick<OpenedRecognizer, "models" | "missing"> {
  readonly parts: RecognizerParts;
  readonly pool: PoolOptions | undefined;
}

/** @throws AffektError as `openRecognizer` does */
export async function openParts(options: OpenOptions = {}): Promise<OpenedParts> {
  const { models: folder = shippedModels(), threads = 1 } = options;
  const found = await listModels(folder);
  const chosen = chooseModels(found, options);
  const missing = missingParts(found, options);
  const models = [...chosen.text, ...chosen.face, ...chosen.speech];
  if (models.length === 0) {
    const terms = options.license === "permissive" ? " that may be used under --license permissive" : "";
    throw new AffektError(
      "model",
      `There is no model${terms} in ${folder}.`,
      "Train one with `affekt train`, or name another folder.",
    );
  }
  let opened: Promise<Runtime> | undefined;
  const runtime = (): Promise<Runtime> => {
    opened ??= options.runtime
      ? Promise.resolve(options.runtime)
      : import("./runtime.ts").then(({ nodeRuntime }) => nodeRuntime());
    return opened;
  };

  const texts = chosen.text.map((model) => async () => {
    const { path, contract } = model;
    if (contract.modality !== "text") throw wrongModality(path);
    const [{ openTextExpert }, bytes, own] = await Promise.all([
      import("../../recognize/text-expert.ts"),
      readFile(path),
      runtime(),
    ]);
    const { tokenizer, ngrams } = contract.input;
    const tools = {
      threads,
      ...("sha256" in tokenizer ? { tokenizer: await tokenizerBeside(path, tokenizer.sha256) } : {}),
      ...(ngrams?.segmentHan ? { segmentHan: await chineseWords() } : {}),
    };
    return naming(path, () => openTextExpert(own, bytes, contract, tools));
  });
  const [face] = chosen.face;
  const [speech] = chosen.speech;
  const pool = options.pool ?? (await poolOf(folder));
  return {
    models,
    missing,
    pool,
    parts: {
      media: options.media ?? lazyMedia(),
      ...(texts.length === 0
        ? {}
        : {
            text: routeByLanguage(
              texts.map((expert, index) => ({ expert, languages: languagesOf(chosen.text[index]?.contract) })),
              scriptLanguage,
              async () => (await import("../../preprocess/text/language.ts")).openLanguageIdentifier(),
            ),
          }),
      ...(face === undefined
        ? {}
        : {
            face: async () => {
              const { path, contract } = face;
              if (contract.modality !== "face") throw wrongModality(path);
              const { openFaceExpert } = await import("../../recognize/face-expert.ts");
              const [own, bytes] = [await runtime(), await readFile(path)];
              return naming(path, () => openFaceExpert(own, bytes, contract, { threads }));
            },
            detector: async () => {
              const { openFaceDetector } = await import("./face-detector.ts");
              return openFaceDetector({ runtime: await runtime(), threads });
            },
          }),
      ...(speech === undefined
        ? {}
        : {
            speech: async () => {
              const { path, contract } = speech;
              if (contract.modality !== "speech") throw wrongModality(path);
              const { openSpeechExpert } = await import("../../recognize/speech-expert.ts");
              const [own, bytes] = [await runtime(), await readFile(path)];
              return naming(path, () => openSpeechExpert(own, bytes, contract, { threads }));
            },
            voice: async () => {
              const { nodeVoiceActivity } = await import("./speech-models.ts");
              return nodeVoiceActivity(await runtime());
            },
          }),
    },
  };
}

function languagesOf(contract: Contract | undefined): readonly string[] {
  return contract?.modality === "text" ? contract.input.languages : [];
}

function wrongModality(path: string): AffektError {
  return new AffektError("internal", `The model ${path} was opened as another modality.`, "Report this as a bug.");
}

const PoolFile = z.strictObject({
  /** All made by `fitLogLinearPool`. */
  independence: z.number().min(0).max(1),
  weights: z.partialRecord(z.enum(MODALITIES), z.number().positive()).optional(),
  qualityPower: z.partialRecord(z.enum(MODALITIES), z.number().nonnegative()).optional(),
  /** What they were fitted on, in words. */
  fittedOn: z.string().optional(),
});

/** How the experts of a folder are pooled, if its `pool.json` says so. @throws AffektError `config` if that is wrong */
export async function poolOf(folder: string): Promise<PoolOptions | undefined> {
  const path = join(folder, "pool.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AffektError("config", `${path} ${notJson(text)}.`, "Correct it there, or delete it.", { cause });
  }
  const checked = checkValue(PoolFile, value);
  if ("problems" in checked) {
    throw new AffektError(
      "config",
      `${path} is wrong: ${checked.problems.join("; ")}.`,
      "Correct the fields named, or delete it and let `affekt pool` make it anew.",
    );
  }
  const { fittedOn: _, ...pool } = checked.data;
  return defined(pool) as PoolOptions;
}

export async function chineseWords(): Promise<(han: string) => readonly string[]> {
  const { openChineseSegmenter } = await import("./words.ts");
  const segmenter = await openChineseSegmenter();
  return (han) => segmenter.segment(han).map(({ text }) => text);
}

/** Decoders that are loaded with the first file: text alone needs none of them. */
function lazyMedia(): Media {
  let opened: Promise<Media> | undefined;
  const media = (): Promise<Media> => {
    opened ??= import("./media.ts").then(({ nodeMedia }) => nodeMedia());
    return opened;
  };
  return {
    picture: async (source) => (await media()).picture(source),
    info: async (source) => (await media()).info(source),
    async *sound(source, wanted) {
      yield* (await media()).sound(source, wanted);
    },
    async *frames(source, wanted) {
      yield* (await media()).frames(source, wanted);
    },
  };
}

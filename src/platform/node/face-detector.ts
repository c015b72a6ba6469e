/** The face detector's networks: converted once from Human's weights, then read from a cache folder. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AffektError } from "../../core/errors.ts";
import type { Runtime, SessionOptions } from "../../core/ports.ts";
import { type ConvertOptions, convertGraphModel } from "../../graph/convert/convert.ts";
import { parseGraphModel } from "../../graph/convert/graph-model.ts";
import { readWeights } from "../../graph/convert/weights.ts";
import { type FaceDetector, faceDetector } from "../../preprocess/face/detect.ts";
import { nodeRuntime } from "./runtime.ts";

export interface FaceDetectorOptions extends SessionOptions {
  readonly runtime?: Runtime;
  /** Where converted networks are kept. Default: `AFFEKT_CACHE`, or `.cache/affekt` in the package. */
  readonly cache?: string;
}

/** Raised when the converter changes what it writes. */
const CONVERTER = "1";

const BLAZEFACE = "StatefulPartitionedCall/functional_1";
const MESH = "StatefulPartitionedCall/model_1";

/** Which parts of Human's networks are used, and under which names. */
export const FACE_NETWORKS = {
  blazeface: {
    inputShape: [1, -1, -1, 3],
    outputs: {
      [`${BLAZEFACE}/conv2d_33/BiasAdd`]: "scores16",
      [`${BLAZEFACE}/conv2d_35/BiasAdd`]: "boxes16",
      [`${BLAZEFACE}/conv2d_34/BiasAdd`]: "scores32",
      [`${BLAZEFACE}/conv2d_36/BiasAdd`]: "boxes32",
    },
  },
  facemesh: { inputName: "input", inputShape: [1, 192, 192, 3], outputs: { [`${MESH}/activation_1/Sigmoid`]: "face" } },
} as const satisfies Record<string, ConvertOptions>;

export type FaceNetwork = keyof typeof FACE_NETWORKS;

function cacheFolder(): string {
  return process.env["AFFEKT_CACHE"] ?? fileURLToPath(new URL("../../../.cache/affekt/", import.meta.url));
}

async function readSource(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AffektError(
      "file",
      "The face detector's weights could not be read from the package @vladmandic/human.",
      "Install the package's dependencies (`npm ci`).",
      { cause },
    );
  }
}

/** So that a reader sees a whole file or none. A cache that cannot be written is not an error: next time converts again. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => {});
  }
}

/**
 * One of the detector's networks as ONNX, from the cache or freshly converted.
 *
 * @throws AffektError `file` if @vladmandic/human is not installed, `model` if its weights are damaged
 */
export async function faceNetwork(name: FaceNetwork, cache = cacheFolder()): Promise<Uint8Array> {
  const human = dirname(dirname(createRequire(import.meta.url).resolve("@vladmandic/human")));
  const json = await readSource(join(human, "models", `${name}.json`));
  const model = parseGraphModel(json.toString());
  const bytes = Buffer.concat(await Promise.all(model.files.map((file) => readSource(join(human, "models", file)))));
  const options: ConvertOptions = FACE_NETWORKS[name];
  const key = createHash("sha256").update(CONVERTER).update(JSON.stringify(options)).update(json).update(bytes);
  const sha256 = key.digest("hex");
  const path = join(cache, `${name}-${sha256.slice(0, 16)}.onnx`);
  const cached = await readFile(path).catch(() => undefined);
  if (cached !== undefined && cached.length > 0) return cached;
  const converted = convertGraphModel(model, readWeights(model, bytes), {
    ...options,
    metadata: { source: `@vladmandic/human models/${name}`, licence: "MIT", sourceSha256: sha256 },
  });
  await writeWhole(path, converted);
  return converted;
}

/** Opens the face detector. */
export async function openFaceDetector(options: FaceDetectorOptions = {}): Promise<FaceDetector> {
  const runtime = options.runtime ?? nodeRuntime();
  const [detector, verifier] = await Promise.all(
    (["blazeface", "facemesh"] as const).map(async (name) =>
      runtime.open(await faceNetwork(name, options.cache ?? cacheFolder()), options),
    ),
  );
  if (detector === undefined || verifier === undefined)
    throw new AffektError("internal", "No network.", "Report this.");
  return faceDetector({ detector, verifier });
}

/**
 * Compares our detector with @vladmandic/human on photographs: raw network outputs, boxes and landmarks.
 *
 * Human runs in this process on the tfjs that it bundles (CPU backend), configured to report its detector's own boxes.
 * Run: `npx tsx scripts/compare-human.ts [folder with labels.csv]`; exits with 1 where the two disagree.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rawBytes } from "../src/graph/onnx.ts";
import { faceNetwork, openFaceDetector } from "../src/platform/node/face-detector.ts";
import { readPicture } from "../src/platform/node/picture.ts";
import { nodeRuntime } from "../src/platform/node/runtime.ts";
import { view } from "../src/preprocess/face/view.ts";

type Pair = readonly [number, number];

interface HumanFace {
  readonly box: readonly [number, number, number, number];
  readonly boxScore: number;
  /** The detector's six points where Human's own mesh is off. */
  readonly mesh: readonly Pair[];
}

interface TfTensor {
  data(): Promise<Float32Array>;
}

interface Tf {
  tensor4d(values: Float32Array, shape: readonly number[]): TfTensor;
  dispose(tensor: TfTensor): void;
  loadGraphModel(handler: { load(): Promise<object> }): Promise<{
    execute(input: TfTensor, outputs: string): TfTensor;
  }>;
}

interface HumanInstance {
  readonly tf: Tf;
  load(): Promise<void>;
  detect(input: TfTensor): Promise<{ face: HumanFace[] }>;
}

const HUMAN = dirname(dirname(createRequire(import.meta.url).resolve("@vladmandic/human")));
const BASE = "http://human/";
const SIDE = 256;
const HEAD_OUTPUTS = [
  ["conv2d_33", "scores16"],
  ["conv2d_35", "boxes16"],
  ["conv2d_34", "scores32"],
  ["conv2d_36", "boxes32"],
] as const;

/** Human's bundle expects a browser; a few names are enough for its CPU backend. */
function pretendBrowser(): void {
  const page = { createElement: () => ({ getContext: () => null }), addEventListener: () => {} };
  const names = { window: globalThis, document: page, location: { href: BASE }, addEventListener: () => {} };
  for (const [name, value] of Object.entries(names)) Object.defineProperty(globalThis, name, { value });
  globalThis.fetch = async (input) => {
    const name = String(input instanceof Request ? input.url : input).replace(BASE, "");
    const type = name.endsWith(".json") ? "application/json" : "application/octet-stream";
    return new Response(readFileSync(join(HUMAN, "models", name)), { headers: { "content-type": type } });
  };
}

async function openHuman(): Promise<HumanInstance> {
  pretendBrowser();
  const off = { enabled: false };
  const { Human } = (await import(pathToFileURL(join(HUMAN, "dist/human.esm.js")).href)) as {
    Human: new (config: object) => HumanInstance;
  };
  const detector = {
    maxDetected: 60,
    rotation: false,
    minConfidence: 0.3,
    iouThreshold: 0.1,
    skipFrames: 0,
    skipTime: 0,
  };
  const rest = { mesh: off, iris: off, emotion: off, description: off, antispoof: off, liveness: off };
  const parts = { filter: off, gesture: off, body: off, hand: off, object: off, segmentation: off };
  const face = { enabled: true, detector, ...rest };
  const human = new Human({ backend: "cpu", modelBasePath: BASE, async: false, cacheSensitivity: 0, ...parts, face });
  await human.load();
  return human;
}

function planesToPixels(planes: Float32Array): Float32Array {
  const area = SIDE * SIDE;
  return planes.map((_, i) => planes[(i % 3) * area + Math.floor(i / 3)] as number);
}

/** Largest difference between the two runtimes on one network input, as a share of the largest output. */
async function rawDifference(human: HumanInstance, planes: Float32Array): Promise<number> {
  const session = await nodeRuntime().open(await faceNetwork("blazeface"));
  const ours = await session.run({ input: { type: "float32", dims: [1, 3, SIDE, SIDE], data: planes } });
  const json = JSON.parse(readFileSync(join(HUMAN, "models/blazeface.json"), "utf8"));
  const weights = rawBytes(readFileSync(join(HUMAN, "models/blazeface.bin"))).slice().buffer;
  const [{ weights: weightSpecs }] = json.weightsManifest;
  const load = async (): Promise<object> => ({ ...json, weightSpecs, weightData: weights });
  const model = await human.tf.loadGraphModel({ load });
  const input = human.tf.tensor4d(planesToPixels(planes), [1, SIDE, SIDE, 3]);
  let largest = 0;
  let difference = 0;
  for (const [node, name] of HEAD_OUTPUTS) {
    const theirs = await model.execute(input, `StatefulPartitionedCall/functional_1/${node}/BiasAdd`).data();
    const own = ours[name]?.data as Float32Array;
    for (const [i, value] of theirs.entries()) {
      largest = Math.max(largest, Math.abs(value));
      difference = Math.max(difference, Math.abs(value - (own[i] as number)));
    }
  }
  await session.release();
  return difference / largest;
}

/** Found by another way than Human's single look at the whole picture, so there is nothing to agree with. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "lisa2-rot90-noexif.jpg": "turned upright",
  "four-faces.jpg": "found at 512 pixels",
  "solvay1927.jpg": "found at 512 pixels",
};

/** Raw outputs are compared on so many photographs. */
const RAW_COUNT = 3;

const folder =
  process.argv[2] ??
  join(process.env["AFFEKT_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url)), "face/e2e");

async function compare(): Promise<void> {
  if (!existsSync(join(folder, "labels.csv"))) {
    console.log(`Skipped: no labels.csv in ${folder}. Set AFFEKT_DATA, or name the folder.`);
    return;
  }
  const human = await openHuman();
  const detector = await openFaceDetector();
  const rows = readFileSync(join(folder, "labels.csv"), "utf8").trim().split("\n").slice(1);
  console.log("| Photograph | Faces | Human | affekt | Box, px | Landmarks, px | Allowed, px | Raw outputs |");
  console.log("|---|---|---|---|---|---|---|---|");
  for (const [index, row] of rows.entries()) {
    const [file = "", , , faces = ""] = row.split(",");
    const picture = await readPicture(join(folder, file)).catch(() => undefined);
    if (picture === undefined) {
      console.log(`| ${file} | ${faces} | | refused | | | | |`);
      continue;
    }
    const { width, height } = picture;
    const input = human.tf.tensor4d(Float32Array.from(picture.data), [1, height, width, 3]);
    const { face: theirs } = await human.detect(input);
    human.tf.dispose(input);
    const ours = await detector.detect(picture);
    const allowed = Math.max(2, 0.01 * Math.max(width, height));
    let box = 0;
    let points = 0;
    // Human's box is cut at the edges too, and rounded down.
    for (const { box: own, landmarks } of ours) {
      const differences = theirs.map(({ box: [x, y, w, h], mesh }) => ({
        box: Math.max(
          Math.abs(own.x - x),
          Math.abs(own.y - y),
          Math.abs(own.x + own.width - x - w),
          Math.abs(own.y + own.height - y - h),
        ),
        points: Math.max(
          ...landmarks.map((point, i) =>
            Math.max(...[point.x, point.y].map((v, k) => Math.abs(v - (mesh[i]?.[k] ?? 0)))),
          ),
        ),
      }));
      const nearest = differences.sort((a, b) => a.box - b.box)[0];
      box = Math.max(box, nearest?.box ?? Number.POSITIVE_INFINITY);
      points = Math.max(points, nearest?.points ?? Number.POSITIVE_INFINITY);
    }
    const seen = view(picture, { x: 0, y: 0, width, height }, SIDE, SIDE, 1 / 127.5, -1);
    const raw = index < RAW_COUNT ? await rawDifference(human, seen) : undefined;
    if (ours.length !== Number(faces) || (raw ?? 0) > 1e-4) process.exitCode = 1;
    const otherwise = OTHERWISE[file] ?? (theirs.length === Number(faces) ? undefined : "Human miscounts");
    const agrees = Math.max(box, points) <= allowed;
    if (!agrees && otherwise === undefined) process.exitCode = 1;
    const numbers = otherwise ? [otherwise, ""] : [box.toFixed(1), points.toFixed(1)];
    const cells = [file, faces, theirs.length, ours.length, ...numbers, allowed.toFixed(1)];
    console.log(`| ${cells.join(" | ")} | ${raw?.toExponential(1) ?? ""} |`);
  }
  await detector.release();
}

await compare();
process.exit();

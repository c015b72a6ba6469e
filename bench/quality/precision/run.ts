/**
 * What fewer bits in the weights cost: each shipped model with float32, float16 and int8 weights.
 *
 *   npm run bench -- precision --root DATA [--only ID,ID] [--write]
 *
 * The files are made of the shipped weights, so that nothing is gained by more bits than these have. Validation rows alone
 * are asked: they chose the shipped precision. `--write` stores docs/benchmarks/precision.{json,md}.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepareDataset } from "../../../src/data/prepare.ts";
import { evenlySpread } from "../../../src/evaluate/analysis/evenly-spread.ts";
import { evaluateOpinions } from "../../../src/evaluate/evaluate.ts";
import { decodeModel } from "../../../src/graph/onnx-read.ts";
import { encodeModel } from "../../../src/graph/onnx-write.ts";
import { type Precision, quantize } from "../../../src/graph/quantize.ts";
import { widen } from "../../../src/graph/widen.ts";
import { nodeFiles } from "../../../src/platform/node/files.ts";
import { askModel } from "../../../src/platform/node/open-expert.ts";
import { contractFromModel, withContract } from "../../../src/recognize/contract-file.ts";
import { among, TABLE_OPTIONS } from "../arguments.ts";
import { speedOf } from "../cards/speed.ts";
import { committedModels } from "../earlier-files.ts";
import { readModel, SHIPPED, shippedPath } from "../model-file.ts";
import { RESULTS, readResults } from "../results.ts";
import { type PrecisionResult, type PrecisionResults, precisionPage } from "./page.ts";

const PRECISIONS: readonly Precision[] = ["float32", "float16", "int8"];

/** Evenly spread over the validation rows of faces, which take longest. */
const MOST_FACES = 1_200;

const METRICS = {
  face: { dataset: "fer2013", metric: "accuracy" },
  speech: { dataset: "ravdess", metric: "uar" },
  "text-en": { dataset: "goemotions", metric: "macroF1" },
  "text-zh": { dataset: "smp2020_ewect", metric: "macroF1" },
} as const;

/** How the weights of a file are stored: by the smallest kind among them. */
function storedIn(model: ReturnType<typeof decodeModel>): Precision {
  const types = new Set(model.initializers.map(({ type }) => type));
  return types.has("int8") ? "int8" : types.has("float16") ? "float16" : "float32";
}

async function measure(id: (typeof SHIPPED)[number], root: string, folder: string): Promise<PrecisionResult[]> {
  const { content, sha256, contract } = await readModel(shippedPath(id));
  const { dataset, metric } = METRICS[id];
  // The actors that the shipped speech model was selected on are those of the first fold.
  const fold = id === "speech" ? { fold: 1 } : {};
  const { manifest } = await prepareDataset(dataset, nodeFiles(), { root, ...fold });
  const rows = evenlySpread(
    manifest.rows.filter(({ split }) => split === "validation"),
    id === "face" ? MOST_FACES : Number.POSITIVE_INFINITY,
  );
  const shipped = decodeModel(content);
  const wide = widen(shipped);
  const results: PrecisionResult[] = [];
  for (const precision of PRECISIONS) {
    const stored = storedIn(shipped) === precision;
    // The file as it is shipped, not one made anew.
    const bytes = stored ? content : withContract(encodeModel(quantize(wide, precision)), contract);
    const path = join(folder, `${id}-${precision}.onnx`);
    await writeFile(path, bytes);
    const asked = await askModel({ path, contract: contractFromModel(bytes) }, rows, manifest, {
      ...(id === "speech" ? { statistics: "clip" as const } : {}),
    });
    const { report } = evaluateOpinions(asked, manifest, contract, { resamples: 0 });
    const value = (report as unknown as Record<string, number>)[metric] as number;
    const ms = await speedOf(bytes);
    const result = {
      model: id,
      sha256,
      precision,
      shipped: stored,
      bytes: bytes.length,
      metric,
      dataset,
      rows: report.n,
    };
    results.push({ ...result, value, ms });
    console.log(
      `${id}, ${precision}: ${(bytes.length / 1e6).toFixed(2)} MB, ${metric} ${value.toFixed(4)}, ${ms.toFixed(2)} ms`,
    );
  }
  return results;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: TABLE_OPTIONS });
  const wanted = among(values.only);
  const folder = await mkdtemp(join(tmpdir(), "affekt-precision-"));
  try {
    const before = (await readResults<PrecisionResults>("precision"))?.results ?? [];
    const kept = before.filter(({ model }) => !wanted(model));
    for (const id of SHIPPED) if (wanted(id)) kept.push(...(await measure(id, values.root, folder)));
    if (!values.write) return;
    const results = { processor: cpus()[0]?.model ?? "an unknown processor", results: kept };
    await writeFile(`${RESULTS}/precision.json`, `${JSON.stringify(results, null, 2)}\n`);
    await writeFile(`${RESULTS}/precision.md`, precisionPage(results, await committedModels()));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

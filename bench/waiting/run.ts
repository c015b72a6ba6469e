/**
 * How long a training waits for its data: a residual network on made-up photographs in files of their own, with
 * the crops held in memory, decoded in the training's own process, and decoded by worker processes beside it.
 *
 *     npm run bench -- waiting [--pictures 256] [--side 224] [--threads 1]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import sharp from "sharp";
import { random } from "../../src/core/random.ts";
import { type Manifest, ManifestHeader } from "../../src/data/manifest.ts";
import type { Row } from "../../src/data/row.ts";
import { createDecodePool } from "../../src/platform/node/decode-pool.ts";
import { nodeFiles } from "../../src/platform/node/files.ts";
import { nodeMedia } from "../../src/platform/node/media.ts";
import { nodeRuntime } from "../../src/platform/node/runtime.ts";
import { parseTrainConfig } from "../../src/train/config.ts";
import { configureFaces } from "../../src/train/tasks/face-config.ts";
import type { FaceMedia } from "../../src/train/tasks/face-crops.ts";
import { train } from "../../src/train/trainer.ts";
import { trainerOptions } from "../../src/train/trainer-options.ts";

const EPOCHS = 2;

/** JPEG photographs of nothing: noise smoothed by enlarging it, which costs a decoder what a face costs. */
async function pictures(folder: string, count: number, side: number): Promise<Manifest> {
  const dice = random(1);
  const rows: Row[] = [];
  for (let at = 0; at < count; at++) {
    const noise = Uint8Array.from({ length: 32 * 32 * 3 }, () => dice.integer(256));
    const image = `${at}.jpg`;
    await sharp(noise, { raw: { width: 32, height: 32, channels: 3 } })
      .resize(side, side)
      .jpeg()
      .toFile(join(folder, image));
    const split = at % 8 === 0 ? "validation" : "train";
    rows.push({ id: `${at}`, image, label: at % 2 ? "joy" : "anger", split, extra: {} });
  }
  return { header: ManifestHeader.parse({ name: "photographs" }), rows, base: folder };
}

function config(stream: boolean, threads: number) {
  return parseTrainConfig({
    id: "waiting",
    version: "1.0.0",
    modality: "face",
    labels: ["anger", "joy"],
    data: [{ manifest: "rows.jsonl" }],
    features: { side: 48, trainSizes: [40], cut: 40, size: 48, cleaned: false, stream },
    network: { channels: [16, 32, 64] },
    training: { epochs: EPOCHS, batch: 32, learningRate: 0.002, threads, seed: 1 },
  });
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pictures: { type: "string", default: "256" },
      side: { type: "string", default: "224" },
      threads: { type: "string", default: "1" },
    },
  });
  const [count, side, threads] = [Number(values.pictures), Number(values.side), Number(values.threads)];
  const folder = mkdtempSync(join(tmpdir(), "affekt-bench-"));
  const table = new Table({ head: ["crops", "waiting", "training, s an epoch"] });
  try {
    const manifest = await pictures(folder, count, side);
    const here = nodeMedia();
    async function measure(title: string, stream: boolean, media: FaceMedia, out: string): Promise<void> {
      const settings = config(stream, threads);
      const task = await configureFaces(settings, [manifest], media);
      const options = { ...trainerOptions(settings, task), fingerprint: title };
      const ports = { runtime: nodeRuntime(), files: nodeFiles(folder), folder: out, now: () => performance.now() };
      const { history } = await train(task, options, ports);
      // The first epoch starts the workers.
      const [share, seconds] = (["waitShare", "seconds"] as const).map(
        (field) => history.slice(1).reduce((sum, report) => sum + (report[field] ?? 0), 0) / (EPOCHS - 1),
      );
      table.push([title, `${(100 * (share as number)).toFixed(1)} %`, (seconds as number).toFixed(2)]);
    }
    await measure("held in memory", false, here, "held");
    await measure("decoded in the same process", true, { picture: here.picture }, "same");
    for (const workers of [1, 2]) {
      const pool = createDecodePool({ workers });
      await measure(
        `decoded by ${workers} worker${workers > 1 ? "s" : ""}`,
        true,
        { ...here, crops: pool.crops },
        `pool${workers}`,
      );
      pool.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { model = "unknown processor" } = cpus()[0] ?? {};
  console.log(
    `${table.toString()}\n${count} JPEG pictures of ${side} px, ${threads} threads of the network runtime, ${cpus().length} × ${model}`,
  );
}

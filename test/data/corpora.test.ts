/** The corpora themselves, where they are at hand: counts per split against the published ones. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DATASETS } from "../../src/data/datasets/table.ts";
import { assertDisjoint } from "../../src/data/leak.ts";
import { prepareDataset } from "../../src/data/prepare.ts";
import { readNpy } from "../../src/data/readers/npy.ts";
import { nodeFiles } from "../../src/platform/node/files.ts";

const root = process.env.AFFEKT_DATA ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const present = existsSync(root);
if (!present)
  console.warn(`The corpora are missing, their tests are skipped: set AFFEKT_DATA to their folder (${root} has none).`);
const files = nodeFiles(root);

describe.skipIf(!present)("the corpora", () => {
  test.each(DATASETS.map((dataset) => [dataset.name, dataset] as const))(
    "%s has the published counts",
    async (_name, dataset) => {
      const { manifest, report } = await prepareDataset(dataset.name, files);
      const { none: _none, ...splits } = report.splits;
      expect(splits).toEqual(dataset.counts);
      expect(dataset.labels).toEqual(expect.arrayContaining(Object.keys(report.labels)));
      assertDisjoint(manifest.rows);
    },
  );

  test("EWECT: 237 usual and 388 virus test texts stand in train", async () => {
    const { manifest } = await prepareDataset("smp2020_ewect", files);
    const flagged = manifest.rows.filter(({ split, extra }) => split === "test" && extra.inTrain === true);
    expect(flagged.filter(({ extra }) => extra.domain === "usual")).toHaveLength(237);
    expect(flagged.filter(({ extra }) => extra.domain === "virus")).toHaveLength(388);
  });

  test("FER2013: class totals, 149 blurred copies, 280 and 288 test pictures that stand in train", async () => {
    const { manifest, report } = await prepareDataset("fer2013", files);
    // Goodfellow et al. (2013), as counted in the corpus' own description
    expect(report.labels).toEqual({
      anger: 4953,
      disgust: 547,
      fear: 5121,
      joy: 8989,
      sadness: 6077,
      surprise: 4002,
      neutral: 6198,
    });
    expect(manifest.rows.filter(({ extra }) => extra.imageSource === "jpeg-up")).toHaveLength(149);
    const twins = manifest.rows.filter(({ extra }) => extra.inTrain === true).map(({ split }) => split);
    expect(twins.filter((split) => split === "validation")).toHaveLength(280);
    expect(twins.filter((split) => split === "test")).toHaveLength(288);
  });

  test("RAVDESS: every fold is tested once, by its own actors", async () => {
    const tested: string[] = [];
    for (const fold of [1, 2, 3, 4, 5, 6]) {
      const { manifest } = await prepareDataset("ravdess", files, { fold });
      assertDisjoint(manifest.rows);
      tested.push(...manifest.rows.filter(({ split }) => split === "test").map(({ id }) => id));
    }
    expect(new Set(tested).size).toBe(1440);
    expect(tested).toHaveLength(1440);
  });

  test("feature matrices have a row for every row of the manifest", async () => {
    const mosi = readNpy(await files.readBytes("multimodal/mosi_bclstm/audio.npy"), "multimodal/mosi_bclstm/audio.npy");
    expect(mosi.shape).toEqual([2199, 73]);
    const voice = readNpy(
      await files.readBytes("multimodal/ravdess_openwillis/audio.npy"),
      "multimodal/ravdess_openwillis/audio.npy",
    );
    expect(voice.shape).toEqual([360, 69]);
    // combined_summary.csv, first line of actor 01's neutral clip, f0_mean and f0_stddev
    expect(voice.data[0]).toBeCloseTo(111.42085725590846, 4);
    expect(voice.data[1]).toBeCloseTo(17.958754055696616, 4);
  });
});

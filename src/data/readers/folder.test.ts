import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { readManifest } from "../read.ts";

test("class folders become rows, with split and subject where the path has them", async () => {
  const files = temporaryFiles({
    "faces/train/happy/ann/1.jpg": "",
    "faces/train/happy/notes.txt": "",
    "faces/test/sad/2.wav": "",
    "faces/test/odd/3.wav": "",
    "faces/4.jpg": "",
  });
  const { manifest, problems } = await readManifest(files, "faces");
  expect(manifest.rows).toEqual([
    { id: "test/sad/2.wav", audio: "test/sad/2.wav", label: "sadness", split: "test", extra: {} },
    {
      id: "train/happy/ann/1.jpg",
      image: "train/happy/ann/1.jpg",
      label: "joy",
      split: "train",
      subject: "ann",
      extra: {},
    },
  ]);
  expect(problems.map(({ reason }) => reason)).toEqual(["4.jpg is in no class folder", 'has the unknown label "odd"']);
  expect(manifest.base).toBe("faces");
});

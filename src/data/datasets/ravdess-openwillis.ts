/**
 * RAVDESS, 360 audio-visual clips as features: 69 of the voice (some not a number: impute from training rows), 56 of
 * the face. Same actors and folds as `ravdess`; `take` joins a row with the speech clip of the same recording.
 *
 * Source: Livingstone & Russo (2018); OpenWillis voice and py-feat face features of a university workshop.
 */
import { RAVDESS } from "../../core/labels.ts";
import { foldSplit } from "../fold.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

export const ravdessOpenwillis: Dataset = {
  name: "ravdess_openwillis",
  title: "RAVDESS audio-visual features",
  folder: "multimodal/ravdess_openwillis",
  landmark: "meta.json",
  version: "c9fddd2",
  modalities: ["face", "speech"],
  languages: ["en"],
  labels: RAVDESS,
  licence: "CC BY-NC-SA 4.0",
  terms: "non-commercial",
  source: "github.com/neselidondurma/DMMH_workshop @c9fddd2",
  citation: "Livingstone & Russo (2018), doi:10.1371/journal.pone.0196391",
  counts: { train: 270, validation: 30, test: 60 },
  async prepare({ files, options }) {
    const { add, rows, problems } = rowCollector();
    const meta = JSON.parse(await files.readText("meta.json")) as { rows?: Readonly<Record<string, unknown>>[] };
    for (const [row, clip] of (meta.rows ?? []).entries()) {
      const file = String(clip.file);
      add(
        {
          id: `openwillis-${file}`,
          subject: `ravdess-${String(clip.actor).padStart(2, "0")}`,
          features: { face: `video.npy#row=${row}`, speech: `audio.npy#row=${row}` },
          label: clip.emotion,
          language: "en",
          sex: clip.gender,
          intensity: clip.intensity,
          take: file.split("-").slice(2).join("-"),
          emoboxTestFold: clip.fold,
        },
        { file: "meta.json", line: row + 1 },
      );
    }
    return { rows: foldSplit(rows, { fold: options.fold ?? 1, field: "emoboxTestFold" }), problems };
  },
};

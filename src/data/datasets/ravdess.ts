/**
 * RAVDESS, speech: 24 actors, eight emotions (with calm), two sentences.
 *
 * Splits follow EmoBox's six speaker-independent folds: the actors of fold `options.fold` (default 1) are the test
 * split, two other actors, a man and a woman, are for selection. `emoboxTestFold` is kept, so that `foldSplit` can
 * make any of the six from one manifest. `take` names the recording as in the corpus' audio-visual files.
 *
 * Source: Livingstone & Russo (2018), doi:10.1371/journal.pone.0196391; folds: Ma et al. (2024), EmoBox, Interspeech.
 */

import { RAVDESS } from "../../core/labels.ts";
import { foldSplit } from "../fold.ts";
import { tableRecords } from "../readers/csv.ts";
import { type Dataset, rowCollector } from "./dataset.ts";
import { speakerFields } from "./speaker-fields.ts";

export const ravdess: Dataset = {
  name: "ravdess",
  title: "RAVDESS, speech",
  folder: "speech/ravdess",
  landmark: "labels.csv",
  version: "1",
  modalities: ["speech"],
  languages: ["en"],
  labels: RAVDESS,
  licence: "CC BY-NC-SA 4.0",
  terms: "non-commercial",
  source: "zenodo 1188976; 16 kHz copies; folds of github.com/emo-box/EmoBox",
  citation: "Livingstone & Russo (2018), doi:10.1371/journal.pone.0196391",
  counts: { train: 1_080, validation: 120, test: 240 },
  async prepare({ files, options }) {
    const { add, rows, problems } = rowCollector();
    for await (const { line, field } of tableRecords(files.lines("labels.csv"))) {
      const name = (field.file ?? "").replace(/\.\w+$/u, "");
      add(
        {
          id: `ravdess-${name}`,
          subject: field.speaker === undefined ? undefined : `ravdess-${field.speaker}`,
          audio: field.file,
          label: field.emotion,
          language: field.language,
          ...speakerFields(field),
          intensity: field.intensity,
          statement: field.sentence?.split("/")[0],
          repetition: field.sentence?.split("/")[1],
          take: name.split("-").slice(2).join("-"),
          emoboxTestFold: Number(field.emobox_test_fold),
          emoboxTrack2: field.emobox_track2 === "1",
          ...(field.duration_s === undefined ? {} : { durationMs: Math.round(Number(field.duration_s) * 1000) }),
        },
        { file: "labels.csv", line },
      );
    }
    return { rows: foldSplit(rows, { fold: options.fold ?? 1, field: "emoboxTestFold" }), problems };
  },
};

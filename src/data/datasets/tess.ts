/**
 * TESS: 2,800 clips by two women, seven emotions, 200 words in a carrier sentence.
 *
 * All rows are for training: two speakers make no speaker-independent test, and every word stands in every emotion.
 *
 * Source: Pichora-Fuller & Dupuis (2020), doi:10.5683/SP2/E8H2MF.
 */

import { EMOTIONS } from "../../core/emotion.ts";
import { tableRecords } from "../readers/csv.ts";
import { type Dataset, rowCollector } from "./dataset.ts";
import { speakerFields } from "./speaker-fields.ts";

export const tess: Dataset = {
  name: "tess",
  title: "Toronto emotional speech set",
  folder: "speech/tess",
  landmark: "labels.csv",
  version: "1",
  modalities: ["speech"],
  languages: ["en"],
  labels: EMOTIONS,
  licence: "CC BY-NC-ND 4.0",
  terms: "non-commercial",
  source: "doi:10.5683/SP2/E8H2MF; github.com/deepxzy/Toronto-emotional-speech-set @acdd3c4",
  citation: "Pichora-Fuller & Dupuis (2020), doi:10.5683/SP2/E8H2MF",
  counts: { train: 2_800 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    for await (const { line, field } of tableRecords(files.lines("labels.csv"))) {
      const name = (field.file ?? "").replace(/\.\w+$/u, "");
      add(
        {
          id: `tess-${name}`,
          subject: field.speaker === undefined ? undefined : `tess-${field.speaker}`,
          audio: field.file,
          label: field.emotion,
          split: "train",
          language: field.language,
          ...speakerFields(field),
          word: name.split("_")[1],
        },
        { file: "labels.csv", line },
      );
    }
    return { rows, problems };
  },
};

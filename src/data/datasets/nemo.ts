/**
 * nEMO: 4,481 clips in Polish by nine actors, six emotions (no disgust). All rows are for training.
 *
 * Source: Christop (2024), nEMO: Dataset of Emotional Speech in Polish, LREC-COLING.
 */
import { tableRecords } from "../readers/csv.ts";
import { type Dataset, rowCollector } from "./dataset.ts";
import { speakerFields } from "./speaker-fields.ts";

export const nemo: Dataset = {
  name: "nemo",
  title: "nEMO",
  folder: "speech/nemo",
  landmark: "labels.csv",
  version: "66de999",
  modalities: ["speech"],
  languages: ["pl"],
  labels: ["anger", "fear", "joy", "neutral", "sadness", "surprise"],
  licence: "CC BY-NC-SA 4.0",
  terms: "non-commercial",
  source: "github.com/amu-cai/nEMO @66de999",
  citation: "Christop (2024), nEMO: Dataset of Emotional Speech in Polish, LREC-COLING",
  counts: { train: 4_481 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    for await (const { line, field } of tableRecords(files.lines("labels.csv"))) {
      add(
        {
          id: `nemo-${(field.file ?? "").replace(/\.\w+$/u, "")}`,
          subject: field.speaker === undefined ? undefined : `nemo-${field.speaker}`,
          audio: field.file,
          label: field.emotion,
          split: "train",
          language: field.language,
          ...speakerFields(field),
        },
        { file: "labels.csv", line },
      );
    }
    return { rows, problems };
  },
};

/**
 * CPED: Chinese dialogue of television series, 13 labels. Only the published validation and test rows are at hand:
 * either a low-weight addition to training (`repurpose`) or a stress test, not both.
 *
 * "positive-other" and "negative-other" have no counterpart among the seven; "relaxed" is calm, "worried" nervousness,
 * "depress" sadness, "astonished" surprise.
 *
 * Source: Chen et al. (2022), CPED, arXiv:2205.14727.
 */
import { tableRecords } from "../readers/csv.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

const FILES = [
  ["validation", "valid_split.csv"],
  ["test", "test_split.csv"],
] as const;

export const cped: Dataset = {
  name: "cped",
  title: "CPED",
  folder: "text/cped",
  landmark: "valid_split.csv",
  version: "1e4b81c",
  modalities: ["text"],
  languages: ["zh"],
  labels: [
    "anger",
    "calm",
    "disgust",
    "fear",
    "gratitude",
    "joy",
    "negative",
    "nervousness",
    "neutral",
    "positive",
    "sadness",
    "surprise",
  ],
  licence: "Apache-2.0",
  terms: "permissive",
  source: "github.com/scutcyr/CPED @1e4b81c28a123f22387e06664f37e5dc9322380f",
  citation: "Chen et al. (2022), CPED, arXiv:2205.14727",
  counts: { validation: 11_137, test: 27_438 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    for (const [split, file] of FILES) {
      for await (const { line, field } of tableRecords(files.lines(file))) {
        add(
          {
            id: `cped-${field.Utterance_ID}`,
            subject: `cped-${field.TV_ID}-${field.Speaker}`,
            text: field.Utterance,
            label: field.Emotion,
            split,
            language: "zh",
            rawLabel: field.Emotion,
            dialogue: field.Dialogue_ID,
            series: field.TV_ID,
            sex: field.Gender,
            sentiment: field.Sentiment,
          },
          { file, line },
        );
      }
    }
    return { rows, problems };
  },
};

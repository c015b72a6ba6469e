/**
 * ESC-10, fold 1: 80 environmental sounds without emotion, for augmentation and for tests of robustness. Rows have
 * neither label nor split; `class` is the kind of sound.
 *
 * Source: Piczak (2015), doi:10.1145/2733373.2806390.
 */
import { tableRecords } from "../readers/csv.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

export const esc10Noise: Dataset = {
  name: "esc10_noise",
  title: "ESC-10 environmental noise, fold 1",
  folder: "speech/esc10_noise",
  landmark: "ATTRIBUTION.txt",
  version: "553c8f1",
  modalities: ["speech"],
  languages: [],
  labels: [],
  licence: "CC BY 3.0 (by clip: CC0, CC BY, CC Sampling+)",
  terms: "permissive",
  source: "github.com/karolpiczak/ESC-10 @553c8f1743b9dba6b282e1323c3ca8fa76923448",
  citation: "Piczak (2015), doi:10.1145/2733373.2806390",
  counts: {},
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    for await (const { line, field } of tableRecords(files.lines("labels.csv"))) {
      const name = (field.file ?? "").replace(/\.\w+$/u, "");
      add({ id: `esc10-${name}`, audio: field.file, class: field.class }, { file: "labels.csv", line });
    }
    return { rows, problems };
  },
};

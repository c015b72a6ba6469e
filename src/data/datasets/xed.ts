/**
 * XED: lines of film subtitles, several of Plutchik's eight emotions each; English as annotated, neutral English lines,
 * and Chinese lines that the annotation was projected to (mainland, unspecified and Taiwan: `variant`).
 *
 * No official split: all rows are for training.
 *
 * Source: Öhman et al. (2020), XED, COLING.
 */
import { PLUTCHIK } from "../../core/labels.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

const ANNOTATED = [
  ["en", "en", "en-annotated.tsv"],
  ["zh", "cn", "cn-projections.tsv"],
  ["zh", "zh", "zh-projections.tsv"],
  ["zh", "tw", "tw-projections.tsv"],
] as const;

export const xed: Dataset = {
  name: "xed",
  title: "XED (English and Chinese)",
  folder: "text/xed",
  landmark: "en-annotated.tsv",
  version: "76666d2",
  modalities: ["text"],
  languages: ["en", "zh"],
  labels: [...PLUTCHIK, "neutral"],
  licence: "CC BY 4.0",
  terms: "permissive",
  source: "github.com/Helsinki-NLP/XED @76666d251f147cf518071bef4f8415dab6b96115",
  citation: "Öhman et al. (2020), XED, COLING",
  // zh-projections.tsv has 694 lines, 48 of which are debris of the alignment and are reported.
  counts: { train: 17_528 + 9_674 + 1_395 + 646 + 648 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    for (const [language, variant, file] of ANNOTATED) {
      let line = 0;
      for await (const record of files.lines(file)) {
        line++;
        if (record === "") continue;
        const tab = record.lastIndexOf("\t");
        if (tab < 0) {
          problems.push({ code: "syntax", file, line, reason: "has no tab" });
          continue;
        }
        const labels = record.slice(tab + 1).split(",");
        add(
          {
            id: `xed-${variant}-${line}`,
            text: record.slice(0, tab).trim(),
            labels: labels.map((code) => PLUTCHIK[Number(code) - 1] ?? code.trim()),
            split: "train",
            language,
            variant,
          },
          { file, line },
        );
      }
    }
    let line = 0;
    for await (const record of files.lines("neu_en.txt")) {
      line++;
      const text = record.slice(record.indexOf("\t") + 1).trim();
      if (text === "") continue;
      add(
        { id: `xed-neutral-${line}`, text, labels: ["neutral"], split: "train", language: "en", variant: "neutral" },
        { file: "neu_en.txt", line },
      );
    }
    return { rows, problems };
  },
};

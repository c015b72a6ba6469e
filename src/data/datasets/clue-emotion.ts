/**
 * CLUEmotion2020 (the Weibo Emotion Corpus): Chinese posts, seven labels with disgust and "like", noisy.
 *
 * The published train file is not at hand, so the published validation rows are the training rows here
 * (`officialSplit`); the test rows stay a test.
 *
 * Source: Li et al. (2016), LREC.
 */
import { readJsonl } from "../readers/jsonl.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

const FILES = [
  ["train", "validation", "valid.txt"],
  ["test", "test", "test.txt"],
] as const;

export const clueEmotion: Dataset = {
  name: "clue_emotion",
  title: "CLUEmotion2020",
  folder: "text/clue_emotion",
  landmark: "valid.txt",
  version: "ff1bc94",
  modalities: ["text"],
  languages: ["zh"],
  labels: ["anger", "disgust", "fear", "joy", "like", "sadness", "surprise"],
  licence: "none stated",
  terms: "unstated",
  source: "github.com/CLUEbenchmark/CLUEmotionAnalysis2020 @ff1bc945fc3a5854e0013de5a2f222dd1da61516",
  citation: "Li et al. (2016), LREC",
  counts: { train: 3_966, test: 3_967 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    for (const [split, officialSplit, file] of FILES) {
      for await (const record of readJsonl(files.lines(file))) {
        if ("problem" in record) {
          problems.push({ code: "syntax", file, line: record.line, reason: record.problem });
          continue;
        }
        const post = (record.value ?? {}) as Readonly<Record<string, unknown>>;
        add(
          {
            id: `clue-${officialSplit}-${String(post.id ?? record.line)}`,
            text: post.content,
            label: post.label,
            split,
            language: "zh",
            officialSplit,
          },
          { file, line: record.line },
        );
      }
    }
    return { rows, problems };
  },
};

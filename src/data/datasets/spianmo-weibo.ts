/**
 * A mix of Weibo emotion sets, `label:text` a line, under `#` headers. All rows are for training.
 *
 * It holds most of CLUEmotion's test rows; they are dropped here, so CLUEmotion must be at hand. The third file of the
 * collection repeats the NLPCC 2013 training set and is not read.
 */
import { AffektError } from "../../core/errors.ts";
import { readJsonl } from "../readers/jsonl.ts";
import { textKey } from "../text-key.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

const FILES = [
  ["mix", "lstm_sentiment_classification_8_total.txt"],
  ["simplify", "simplifyweibo_5_moods.txt"],
] as const;

export const spianmoWeibo: Dataset = {
  name: "spianmo_weibo",
  title: "Aggregated Weibo emotion sets",
  folder: "text/spianmo_weibo",
  landmark: "lstm_sentiment_classification_8_total.txt",
  version: "b9e86fc",
  modalities: ["text"],
  languages: ["zh"],
  labels: ["anger", "disgust", "fear", "joy", "like", "neutral", "sadness", "surprise"],
  licence: "repository MIT; of the data not stated",
  terms: "unstated",
  source: "github.com/spianmo/MultiClassify_LSTM_ForChinese @b9e86fca7c10167e55ae0f2d20c7e28a631f72b8",
  // 28,205 + 14,306 lines without 2,384 + 48 whose words are those of a CLUEmotion test row (2,327 are equal in every sign).
  counts: { train: 40_079 },
  async prepare({ files, sibling }) {
    const { add, rows, problems } = rowCollector();
    const clue = await sibling("clue_emotion");
    if (clue === undefined) {
      throw new AffektError(
        "data",
        "spianmo_weibo holds test rows of clue_emotion, which is not at hand to remove them by.",
        "Put clue_emotion below the same root.",
      );
    }
    const held = new Set<string>();
    for await (const record of readJsonl(clue.lines("test.txt"))) {
      const text = "value" in record ? (record.value as { content?: unknown } | null)?.content : undefined;
      if (typeof text === "string") held.add(textKey(text));
    }
    for (const [part, file] of FILES) {
      let line = 0;
      for await (const record of files.lines(file)) {
        line++;
        if (record.startsWith("#") || record.trim() === "") continue;
        const from = { file, line };
        const colon = record.indexOf(":");
        if (colon < 0) {
          problems.push({ ...from, code: "syntax", reason: "has no label and colon" });
          continue;
        }
        const text = record.slice(colon + 1).trim();
        if (held.has(textKey(text))) {
          problems.push({ ...from, code: "dropped", reason: "is a test row of clue_emotion" });
          continue;
        }
        add(
          { id: `spianmo-${part}-${line}`, text, label: record.slice(0, colon), split: "train", language: "zh", part },
          from,
        );
      }
    }
    return { rows, problems };
  },
};

/**
 * SMP2020-EWECT: Chinese Weibo posts, six classes, two domains ("usual" and "virus", the pandemic), official splits.
 *
 * 237 usual and 388 virus test texts also stand, sign by sign, in the training rows of their domain. They are flagged `inTrain`, so
 * that results can be given with and without them.
 */
import { notJson } from "../../core/parse-json.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

const FILES = [
  ["usual", "train", "usual_train.json"],
  ["usual", "validation", "usual_eval_labeled.txt"],
  ["usual", "test", "usual_test_labeled.txt"],
  ["virus", "train", "virus_train.txt"],
  ["virus", "validation", "virus_eval_labeled.txt"],
  ["virus", "test", "virus_test_labeled.txt"],
] as const;

export const smp2020Ewect: Dataset = {
  name: "smp2020_ewect",
  title: "SMP2020-EWECT",
  folder: "text/smp2020_ewect",
  landmark: "usual_train.json",
  version: "1",
  modalities: ["text"],
  languages: ["zh"],
  labels: ["anger", "fear", "joy", "neutral", "sadness", "surprise"],
  licence: "none stated by the organisers (HIT SCIR)",
  terms: "unstated",
  source:
    "github.com/zhusleep/weibo_sentiment_analysis @ef00d514542d30dbc307d13478919e5333903eb6; " +
    "github.com/BrownSweater/BERT_SMP2020-EWECT @e928cec001824668999ed02326aacbea0d369563",
  // Published: 27,768 usual training posts; two of them are empty.
  counts: { train: 27_766 + 8_606, validation: 2_000 + 2_000, test: 5_000 + 3_000 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    const trainTexts = { usual: new Set<string>(), virus: new Set<string>() };
    for (const [domain, split, file] of FILES) {
      const text = await files.readText(file);
      let posts: unknown;
      try {
        posts = JSON.parse(text);
      } catch {
        problems.push({ code: "syntax", file, line: 1, reason: notJson(text, { quotes: false }) });
        continue;
      }
      if (!Array.isArray(posts)) {
        problems.push({ code: "syntax", file, line: 1, reason: "is not a JSON array" });
        continue;
      }
      for (const [at, post] of (posts as Partial<Record<string, unknown>>[]).entries()) {
        const text = typeof post.content === "string" ? post.content : undefined;
        if (text?.trim() === "") {
          problems.push({ code: "dropped", file, line: at + 1, reason: "has an empty text" });
          continue;
        }
        const seen = text !== undefined && trainTexts[domain].has(text);
        add(
          {
            id: `ewect-${domain}-${split}-${String(post.id ?? at)}`,
            text,
            label: post.label,
            split,
            language: "zh",
            domain,
            ...(split === "train" ? {} : { inTrain: seen }),
          },
          { file, line: at + 1 },
        );
        if (split === "train" && text !== undefined) trainTexts[domain].add(text);
      }
    }
    return { rows, problems };
  },
};

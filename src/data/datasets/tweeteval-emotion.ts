/**
 * TweetEval emotion: English tweets, four labels (anger, joy, optimism, sadness), official split.
 *
 * Source: Barbieri et al. (2020), TweetEval, Findings of EMNLP; Mohammad et al. (2018), SemEval task 1.
 */
import type { Files } from "../../core/ports.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

const LABELS = ["anger", "joy", "optimism", "sadness"] as const;
const FILES = [
  ["train", "train"],
  ["val", "validation"],
  ["test", "test"],
] as const;

async function allLines(files: Files, path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of files.lines(path)) lines.push(line.trim());
  return lines;
}

export const tweetevalEmotion: Dataset = {
  name: "tweeteval_emotion",
  title: "TweetEval emotion",
  folder: "text/tweeteval_emotion",
  landmark: "train_text.txt",
  version: "4fbd22c",
  modalities: ["text"],
  languages: ["en"],
  labels: LABELS,
  licence: "released without restrictions by TweetEval; those of the tasks and of Twitter may apply",
  terms: "research",
  source: "github.com/cardiffnlp/tweeteval @4fbd22cd78421f05b1ecdb4fc5725bc7a7bd8f66",
  citation: "Barbieri et al. (2020), TweetEval, Findings of EMNLP",
  counts: { train: 3_257, validation: 374, test: 1_421 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    for (const [name, split] of FILES) {
      const file = `${name}_text.txt`;
      const texts = await allLines(files, file);
      const codes = await allLines(files, `${name}_labels.txt`);
      for (const [at, text] of texts.entries()) {
        const code = codes[at];
        if (code === undefined) {
          problems.push({ code: "missing-column", file, line: at + 1, reason: "has no label" });
          continue;
        }
        add(
          { id: `tweeteval-${name}-${at}`, text, label: LABELS[Number(code)] ?? code, split, language: "en" },
          { file, line: at + 1 },
        );
      }
    }
    return { rows, problems };
  },
};

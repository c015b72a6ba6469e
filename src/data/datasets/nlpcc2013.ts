/** NLPCC 2013 Weibo emotion: Chinese sentences, seven labels and none, comma-separated. All rows are for training. */
import { csvRecords } from "../readers/csv.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

export const nlpcc2013: Dataset = {
  name: "nlpcc2013",
  title: "NLPCC 2013 Weibo emotion",
  folder: "text/nlpcc2013",
  landmark: "Nlpcc2013Train.tsv",
  version: "b9e86fc",
  modalities: ["text"],
  languages: ["zh"],
  labels: ["anger", "disgust", "fear", "joy", "like", "neutral", "sadness", "surprise"],
  licence: "none stated (evaluation data)",
  terms: "unstated",
  source: "github.com/spianmo/MultiClassify_LSTM_ForChinese @b9e86fca7c10167e55ae0f2d20c7e28a631f72b8",
  // 13,250 lines; one has no text.
  counts: { train: 13_249 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    const file = "Nlpcc2013Train.tsv";
    let first = true;
    for await (const { line, fields } of csvRecords(files.lines(file), ",")) {
      if (first) {
        first = false;
        continue;
      }
      const [label, ...parts] = fields;
      const text = parts.join(",").trim();
      if (text === "") {
        problems.push({ code: "dropped", file, line, reason: "has an empty text" });
        continue;
      }
      add({ id: `nlpcc2013-${line}`, text, label, split: "train", language: "zh" }, { file, line });
    }
    return { rows, problems };
  },
};

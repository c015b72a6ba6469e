/**
 * CMU-MOSI as features per utterance, in the release of bc-LSTM: text 100, audio 73, video 100 numbers; negative or
 * positive. Only the split of that release may be used: the text features were trained on its training labels, so the
 * official split would leak. Utterances follow each other in a film, which is the subject.
 *
 * Source: Poria et al. (2017), Context-dependent sentiment analysis, ACL; Zadeh et al. (2016), MOSI.
 */
import { readJsonl } from "../readers/jsonl.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

export const mosiBclstm: Dataset = {
  name: "mosi_bclstm",
  title: "MOSI features (bc-LSTM release)",
  folder: "multimodal/mosi_bclstm",
  landmark: "utterances.jsonl",
  version: "3874cf2",
  modalities: ["text", "face", "speech"],
  languages: ["en"],
  labels: ["negative", "positive"],
  licence: "CMU-MOSI: research use",
  terms: "research",
  source: "github.com/declare-lab/contextual-utterance-level-multimodal-sentiment-analysis @3874cf25",
  citation: "Poria et al. (2017), ACL; Zadeh et al. (2016), MOSI",
  counts: { train: 1_447, test: 752 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    const file = "utterances.jsonl";
    for await (const record of readJsonl(files.lines(file))) {
      if ("problem" in record) {
        problems.push({ code: "syntax", file, line: record.line, reason: record.problem });
        continue;
      }
      const utterance = (record.value ?? {}) as Readonly<Record<string, unknown>>;
      const row = Number(utterance.row);
      add(
        {
          id: `mosi-${String(utterance.id)}`,
          subject: `mosi-${String(utterance.video)}`,
          text: utterance.text,
          features: { text: `text.npy#row=${row}`, face: `video.npy#row=${row}`, speech: `audio.npy#row=${row}` },
          label: utterance.label === 1 ? "positive" : utterance.label === 0 ? "negative" : String(utterance.label),
          split: utterance.split,
          language: "en",
          turn: utterance.utt,
          sentiment: utterance.sentiment,
        },
        { file, line: record.line },
      );
    }
    return { rows, problems };
  },
};

/**
 * XDailyDialog: everyday dialogues in English and Chinese, sentence by sentence, seven labels.
 *
 * Train is the full history without the dialogues that stand in dev or test (in either language), and without those
 * whose number of utterances differs between the languages or from the labels. One row per utterance and language; the
 * dialogue is the subject, so that both languages of a dialogue stay on one side. `pair` joins translations.
 *
 * Sources: Liu et al. (2023), XDailyDialog, ACL; Li et al. (2017), DailyDialog, IJCNLP.
 */
import type { Files } from "../../core/ports.ts";
import type { Split } from "../row.ts";
import { textKey } from "../text-key.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

const LABELS = ["neutral", "anger", "disgust", "fear", "joy", "sadness", "surprise"] as const;
const LANGUAGES = ["en", "zh"] as const;

interface Dialogue {
  readonly line: number;
  readonly utterances: Readonly<Record<(typeof LANGUAGES)[number], readonly string[]>>;
  readonly emotions: readonly string[];
}

function utterancesOf(text: string): string[] {
  const parts = text.split("__eou__").map((part) => part.trim());
  if (parts.at(-1) === "") parts.pop();
  return parts;
}

async function allLines(files: Files, path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of files.lines(path)) lines.push(line);
  return lines;
}

/** Tab-separated: text, topic, acts, emotions. */
async function official(files: Files, name: "dev" | "test"): Promise<Dialogue[]> {
  const en = await allLines(files, `official/en_${name}_human.txt`);
  const zh = await allLines(files, `official/zh_${name}_human.txt`);
  return en.map((record, at) => ({
    line: at + 1,
    utterances: {
      en: utterancesOf(record.split("\t")[0] ?? ""),
      zh: utterancesOf((zh[at] ?? "").split("\t")[0] ?? ""),
    },
    emotions: (record.split("\t")[3] ?? "").trim().split(/\s+/u),
  }));
}

async function fullHistory(files: Files): Promise<Dialogue[]> {
  const en = await allLines(files, "full_history/dialogues_text_En.txt");
  const zh = await allLines(files, "full_history/dialogues_text_Zh.txt");
  const emotions = await allLines(files, "full_history/dialogues_emotion.txt");
  return en.map((record, at) => ({
    line: at + 1,
    utterances: { en: utterancesOf(record), zh: utterancesOf(zh[at] ?? "") },
    emotions: (emotions[at] ?? "").trim().split(/\s+/u),
  }));
}

function keys(dialogue: Dialogue): string[] {
  return LANGUAGES.map((language) => `${language} ${textKey(dialogue.utterances[language].join(" "))}`);
}

export const xdailydialog: Dataset = {
  name: "xdailydialog",
  title: "XDailyDialog (English and Chinese)",
  folder: "text/xdailydialog",
  landmark: "official/en_test_human.txt",
  version: "6e7ecf5",
  modalities: ["text"],
  languages: ["en", "zh"],
  labels: LABELS,
  licence: "Apache-2.0 and CC BY-NC-SA 4.0",
  terms: "non-commercial",
  source: "github.com/liuzeming01/XDailyDialog @6e7ecf54c9f169215b4b8c18995c7aac74117127 and @62949b52 (full history)",
  citation: "Liu et al. (2023), XDailyDialog, ACL",
  // 7,707 of 8,096 dialogues: 328 stand in dev or test, 61 do not match.
  counts: { train: 2 * 59_158, validation: 2 * 8_025, test: 2 * 7_716 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    const held = new Set<string>();
    const parts: readonly (readonly [Split, string, readonly Dialogue[]])[] = [
      ["validation", "official/*_dev_human.txt", await official(files, "dev")],
      ["test", "official/*_test_human.txt", await official(files, "test")],
      ["train", "full_history", await fullHistory(files)],
    ];
    for (const [split, file, dialogues] of parts) {
      for (const dialogue of dialogues) {
        const from = { file, line: dialogue.line };
        if (split === "train" && keys(dialogue).some((key) => held.has(key))) {
          problems.push({ ...from, code: "dropped", reason: "the dialogue stands in dev or test" });
          continue;
        }
        if (split !== "train") for (const key of keys(dialogue)) held.add(key);
        const { utterances, emotions } = dialogue;
        if (utterances.en.length !== utterances.zh.length || utterances.en.length !== emotions.length) {
          const counts = `${utterances.en.length} en, ${utterances.zh.length} zh, ${emotions.length} labels`;
          problems.push({ ...from, code: "dropped", reason: `the utterances do not match: ${counts}` });
          continue;
        }
        const subject = `xdailydialog-${split}-${dialogue.line}`;
        for (const language of LANGUAGES) {
          for (const [turn, text] of utterances[language].entries()) {
            const code = emotions[turn] ?? "";
            add(
              {
                id: `${subject}-${turn}-${language}`,
                subject,
                text,
                label: LABELS[Number(code)] ?? code,
                split,
                language,
                turn,
                pair: `${subject}-${turn}`,
              },
              from,
            );
          }
        }
      }
    }
    return { rows, problems };
  },
};

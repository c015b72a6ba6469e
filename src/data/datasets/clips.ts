/**
 * Short films with a frontal face and speech, all neutral, for end-to-end tests: GRID sentences (the file's name is the
 * sentence) and a RAVDESS take.
 *
 * Source: Cooke et al. (2006), GRID; Livingstone & Russo (2018), RAVDESS.
 */
import { RAVDESS } from "../../core/labels.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

const COMMANDS: Readonly<Record<string, string>> = { b: "bin", l: "lay", p: "place", s: "set" };
const COLOURS: Readonly<Record<string, string>> = { b: "blue", g: "green", r: "red", w: "white" };
const PREPOSITIONS: Readonly<Record<string, string>> = { a: "at", b: "by", i: "in", w: "with" };
const DIGITS: Readonly<Record<string, string>> = {
  z: "zero",
  "1": "one",
  "2": "two",
  "3": "three",
  "4": "four",
  "5": "five",
  "6": "six",
  "7": "seven",
  "8": "eight",
  "9": "nine",
};
const ADVERBS: Readonly<Record<string, string>> = { a: "again", n: "now", p: "please", s: "soon" };

/** `bbaf2n` → "bin blue at F two now"; undefined if the name is no GRID sentence. */
export function gridSentence(name: string): string | undefined {
  const [command = "", colour = "", preposition = "", letter = "", digit = "", adverb = ""] = name;
  const words = [
    COMMANDS[command],
    COLOURS[colour],
    PREPOSITIONS[preposition],
    letter.toUpperCase(),
    DIGITS[digit],
    ADVERBS[adverb],
  ];
  return name.length === 6 && words.every((word) => word !== undefined && word !== "") ? words.join(" ") : undefined;
}

export const clips: Dataset = {
  name: "clips",
  title: "Short films with face and speech",
  folder: "multimodal/clips",
  landmark: "bbaf2n.mpg",
  version: "1",
  modalities: ["face", "speech"],
  languages: ["en"],
  labels: ["neutral"],
  licence: "GRID: terms not seen; RAVDESS: CC BY-NC-SA 4.0",
  terms: "non-commercial",
  source: "github.com/rizkiarm/LipNet @bec592a; zenodo 1188976",
  citation: "Cooke et al. (2006), GRID; Livingstone & Russo (2018), RAVDESS",
  counts: { test: 6 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    for (const [at, file] of (await files.list(".")).entries()) {
      const [, name = "", ending] = /^(.*)\.(mpg|mp4)$/u.exec(file) ?? [];
      if (ending === undefined) continue;
      const from = { file, line: at + 1 };
      const codes = name.split("-");
      const transcript = gridSentence(name);
      if (codes.length === 7) {
        add(
          {
            id: `clips-${name}`,
            subject: `ravdess-${codes[6]}`,
            video: file,
            label: RAVDESS[Number(codes[2]) - 1],
            split: "test",
            language: "en",
            transcript: codes[4] === "01" ? "Kids are talking by the door" : "Dogs are sitting by the door",
            take: codes.slice(2).join("-"),
          },
          from,
        );
      } else if (transcript === undefined) {
        problems.push({ ...from, code: "schema", reason: "is neither a GRID nor a RAVDESS name" });
      } else {
        add({ id: `clips-${name}`, video: file, label: "neutral", split: "test", language: "en", transcript }, from);
      }
    }
    return { rows, problems };
  },
};

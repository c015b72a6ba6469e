/** Chinese words in Node: jieba (native code, dictionary of 350,000 words) with its tags made universal. */
import { fromIctclas } from "../../preprocess/text/part-of-speech.ts";
import type { ChineseSegmenter } from "../../preprocess/text/words.ts";

/** Loads the dictionary: about .2 s and 60 MB, so open one and keep it. */
export async function openChineseSegmenter(): Promise<ChineseSegmenter> {
  const [{ Jieba }, { dict }] = await Promise.all([import("@node-rs/jieba"), import("@node-rs/jieba/dict.js")]);
  const jieba = Jieba.withDict(dict);
  return {
    name: "jieba",
    segment: (text) =>
      jieba.tag(text, true).map(({ word, tag }) => ({ text: word, partOfSpeech: fromIctclas(tag, word) })),
  };
}

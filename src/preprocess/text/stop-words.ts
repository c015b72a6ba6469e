/**
 * Words that say little, from `stopwords-iso`, less those that say much about emotion.
 *
 * The list holds "not" and "不", and also "good", "sorry", "very" and "好": negations, degree, contrast and feeling are
 * taken out of it here.
 */
import { isNegation } from "./negation.ts";

const DEGREE =
  "very too so much more most less least enough really quite almost only just even still ever always again " +
  "很 太 更 最 极 极了 极其 极度 非常 十分 特别 真 好 真是 多么 越 越来越 甚至 竟然 居然 简直 还 又 再 只 总是 永远 几乎 那么 这么 如此";
const CONTRAST =
  "but however although though yet nevertheless unless despite instead unlike against " +
  "但 但是 可是 不过 却 而 然而 虽然 虽 尽管 只是 反而 反倒 偏偏 除非 哪怕 何况";
const FEELING =
  "good great greater greatest best better well like liked likely welcome sorry thank thanks thanx want wanted wants " +
  "wish wonder interest interested interesting interests problem problems cry hopefully appreciate please unfortunately " +
  "awfully alone novel old big wow help ok okay oh hello hi hey " +
  "哼 唉 哎 哎呀 哎哟 啊 呀 哈 哈哈 呵呵 嘻 嘿 喂 呜呼 呜 哇 哟 哦 唷 啐 呸 嗡 嗯 啦 吧 呢 吗 嘛 么 只怕 恐怕 幸好 也好 宁可 宁愿";

const KEPT = new Set(`${DEGREE} ${CONTRAST} ${FEELING}`.split(" "));

/** Whether a word must not be dropped, whatever a list says: negation, degree, contrast or feeling. */
export function carriesEmotion(word: string): boolean {
  return isNegation(word) || KEPT.has(word.toLowerCase());
}

/** The words of a list that may be dropped. */
export function stopWords(list: Iterable<string>): ReadonlySet<string> {
  const kept = new Set<string>();
  for (const word of list) if (!carriesEmotion(word)) kept.add(word.toLowerCase());
  return kept;
}

/** English and Chinese stop words without those that carry emotion; the list is loaded when first asked for. */
export async function openStopWords(languages: readonly ("en" | "zh")[] = ["en", "zh"]): Promise<ReadonlySet<string>> {
  const { default: lists } = await import("stopwords-iso/stopwords-iso.json", { with: { type: "json" } });
  return stopWords(languages.flatMap((language) => lists[language]));
}

/** Drops stop words, whatever their case; keeps order and everything that carries emotion. */
export function removeStopWords<T extends string | { readonly text: string }>(
  words: readonly T[],
  stop: ReadonlySet<string>,
): T[] {
  return words.filter((word) => {
    const text = (typeof word === "string" ? word : word.text).toLowerCase().replaceAll("’", "'");
    return !stop.has(text) || carriesEmotion(text);
  });
}

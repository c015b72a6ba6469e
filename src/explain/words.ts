/** Cuts a text into what a reader sees as its words: words of English and Chinese, emoji, runs of punctuation. */

export interface Cut {
  readonly start: number;
  readonly end: number;
}

const PUNCTUATION = /^[\p{P}\p{S}]+$/u;
const EMOJI = /\p{Extended_Pictographic}/u;

/** In order; white space belongs to none. */
export function cutWords(text: string): Cut[] {
  const cuts: Cut[] = [];
  let last: { readonly cut: Cut; readonly punctuation: boolean } | undefined;
  for (const { segment, index } of new Intl.Segmenter("zh", { granularity: "word" }).segment(text)) {
    if (segment.trim() === "") continue;
    const end = index + segment.length;
    const punctuation = PUNCTUATION.test(segment) && !EMOJI.test(segment);
    if (punctuation && last?.punctuation === true && last.cut.end === index) cuts.pop();
    const start = punctuation && last?.punctuation === true && last.cut.end === index ? last.cut.start : index;
    const cut = { start, end };
    cuts.push(cut);
    last = { cut, punctuation };
  }
  return cuts;
}

/**
 * Neighbouring words put together until there are at most `most` runs, as even as they can be. No run goes over a gap.
 *
 * @param gaps offsets at which something lies between two words that is not read
 * @param most at least one more than there are gaps
 */
export function inRuns(words: readonly Cut[], most: number, gaps: readonly number[] = []): Cut[] {
  if (words.length <= most) return [...words];
  const [gap, ...later] = gaps;
  if (gap !== undefined) {
    const before = words.filter(({ start }) => start < gap);
    const share = Math.round((most * before.length) / words.length);
    const own = Math.min(most - gaps.length, Math.max(1, share));
    return [...inRuns(before, own), ...inRuns(words.slice(before.length), most - own, later)];
  }
  return Array.from({ length: most }, (_, run) => {
    const first = words[Math.floor((run * words.length) / most)] as Cut;
    const last = words[Math.floor(((run + 1) * words.length) / most) - 1] as Cut;
    return { start: first.start, end: last.end };
  });
}

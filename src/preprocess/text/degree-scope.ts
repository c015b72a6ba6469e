/**
 * Words of degree in English and Chinese: which of them say the emotion beside them more strongly, which more weakly.
 *
 * Source: amplifiers and downtoners of Quirk et al. (1985), "A Comprehensive Grammar of the English Language" 7.89; the
 * words of VADER (Hutto & Gilbert 2014) and, for Chinese, of HowNet's list of degrees. "Barely" and 不太 deny: they belong
 * to negation-scope.ts. Words that are as often something else ("pretty", "just", "too", 好) are left out.
 */

export interface Degree {
  /** Offsets in UTF-16 code units, with the blank behind the word. */
  readonly cue: readonly [start: number, end: number];
  readonly strength: "more" | "less";
}

const list = (text: string): string =>
  text
    .trim()
    .split(/\s*\|\s*/u)
    .join("|");

/** Behind "so" these begin a clause: it is a conjunction there. */
const CONJUNCTION = "(?!\\s+(?:i|you|he|she|it|we|they|that|this|the|a|an|what|why|how|if|when|far|long|called)\\b)";
const ENGLISH_MORE = list(`
  so\\s+(?:very|incredibly|extremely|fucking|freaking|damn) | (?<=\\w\\s+)so${CONJUNCTION} | very | really | extremely | incredibly |
  absolutely | totally | completely | utterly | entirely | thoroughly | deeply | truly | terribly | awfully | insanely | hugely | immensely |
  intensely | enormously | exceedingly | exceptionally | extraordinarily | remarkably | unbelievably | tremendously | overwhelmingly | genuinely |
  super | hella | mega | ultra | highly | greatly
`);
const ENGLISH_LESS = list(`
  (?:just\\s+)?a\\s+(?:(?:tiny|little|wee)\\s+)?bit | a\\s+little | slightly | somewhat | mildly | vaguely | faintly | moderately | marginally |
  kind\\s+of | sort\\s+of | kinda | sorta | more\\s+or\\s+less
`);
const CHINESE_MORE = list(`
  极其 | 极度 | 极为 | 非常 | 十分 | 特别 | 格外 | 分外 | 异常 | 无比 | 相当 | 超级 | 尤其 | 万分 | 极了 | 至极 | 得不得了 | 得要命 | 得要死 | 透了 | 简直 | 真的 | 实在
`);
const CHINESE_LESS = list(`
  多少有点 | 有那么点 | 有一点点?儿? | 有点儿? | 有些 | 稍微有点儿? | 稍微 | 稍稍 | 略微 | 略有些? | 些许 | 一丝丝? | 还算 | 比较 | 较为
`);
const CUES = new RegExp(
  `\\b(?<more>${ENGLISH_MORE})\\b\\s*|\\b(?<less>${ENGLISH_LESS})\\b\\s*|(?<zhMore>${CHINESE_MORE})|(?<zhLess>${CHINESE_LESS})`,
  "giu",
);

/**
 * In order; none overlaps another.
 *
 * @param text normalized; time is linear in its length
 */
export function degrees(text: string): Degree[] {
  return Array.from(text.matchAll(CUES), ({ index, 0: word, groups = {} }) => ({
    cue: [index, index + word.length] as const,
    strength: groups["more"] !== undefined || groups["zhMore"] !== undefined ? "more" : "less",
  }));
}

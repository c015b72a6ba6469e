/**
 * What a text denies: which words stand under a negation, in English and Chinese.
 *
 * Source: Das & Chen (2001) and Pang et al. (2002) mark all words from a negation to the end of its clause; words that
 * only look like one ("can't wait", "not only", 不错, 不得不) are taken out first, as NegEx does (Chapman et al. 2001). A
 * negation within a scope is found by asking again about the scope: "not unhappy" needs no second search, 不是不开心 does.
 */

/** Offsets in UTF-16 code units: of the words that deny, and of those that are denied. */
export interface Denial {
  readonly cue: readonly [start: number, end: number];
  readonly scope: readonly [start: number, end: number];
  /** Whether the cue denies a denial, as 无不 and 怎能不 do: what stands in the scope is said. */
  readonly affirms?: true;
}

/** Longest scope, in characters: what stands further off is seldom meant. */
const REACH = 80;
/** Stands for a character that can be no part of a negation. */
const MASKED = "\uE000";

const list = (text: string): string =>
  text
    .trim()
    .split(/\s*\|\s*/u)
    .join("|");

/** They negate nothing: set phrases, questions that expect a yes, heightened praise. */
const ENGLISH_SET_PHRASES = list(`
  not (?:only|just|merely|simply|to mention|gonna lie|going to lie|least) | why not | or not | if not | not sure if |
  no (?:doubt|wonder|problem|worries|matter|joke|kidding|way|thanks|need) | (?:can(?:'t|not|t)|can not) (?:wait|stop|help|believe|stress|thank|even|imagine) |
  (?:could|can)(?:n't|nt|\\snot) (?:\\w+ ){0,2}(?:more|any more|better|happier|prouder|worse|sadder|angrier) |
  never (?:(?:been|felt|had|seen|\\w+ed)\\s)?(?:so|this|such|more|better|happier|worse|as) | nothing (?:but|like|more than|better|beats) |
  none other | don't (?:get me wrong|mind|worry(?! about)) | dont (?:get me wrong|mind|worry(?! about)) | not (?:a|the) (?:day|moment) goes by |
  (?:is|are|was|were|do|does|did|have|has|had|can|could|would|should|wo|ca|ai)n't (?:i|you|he|she|it|we|they|that|this)\\b(?! (?:dare|ever))
`);
const ENGLISH_CUES = list(`
  (?:do|does|did|is|are|was|were|have|has|had|would|could|should|must|need|wo|ca|ai|sha)n't | \\w+n't |
  (?:do|does|did|is|are|was|were|have|has|had|would|could|should|ca|wo|ai)nt |
  far from | anything but | less than | no longer | no one | in no way | by no means | fail(?:s|ed)? to | lack(?:s|ing|ed)?(?: of)? |
  cannot | not | never | no | nobody | nothing | none | nowhere | neither | nor | without | hardly | barely | scarcely | rarely | seldom
`);
/** Words behind a negation that belong to it and not to what it denies. */
const ENGLISH_DEGREE =
  "(?:(?:a bit|a lot|at all|in the least|the least bit|exactly|really|very|too|so|that|all that|all|particularly|especially|quite|even|ever|actually|entirely|completely|much|any|anymore)\\s+)*";
const ENGLISH_END =
  /[.,;:!?…\n()"]|\s-+\s|\b(?:but|however|though|although|because|cause|cuz|since|unless|yet|nor|except|while|whereas|instead|and (?:i|you|he|she|it|we|they|not|no|never|don't|now|then))\b/iu;

const CHINESE_SET_PHRASES = list(`
  不错 | 不过 | 不仅 | 不但 | 不只 | 不光 | 不单 | 不管 | 不论 | 不得不 | 不得了 | 不断 | 不禁 | 不由 | 不住 | 不久 | 不一会 |
  不少 | 不同 | 不如 | 不已 | 不停 | 不愧 | 不料 | 不止 | 不会吧 | 不可思议 | 不客气 | 不好意思 | 不知不觉 | 不然 | 不满(?![意足]) | 不幸(?!福) | 不安 | 不堪 | 不良 | 不利 |
  不要脸 | 不妨 | 不惜 | 不时 | 不顾 | 不朽 | 不公 | 不服 | 不免 | 不便 | 不足 | 不必说 | 差不多 | 好不容易 | 对不起 | 了不起 | 说不定 | 恨不得 | 巴不得 | 受不了 | 舍不得 |
  怪不得 | 看不起 | 忍不住 | 要不 | 动不动 | 莫名 | 没错 | 没想到 | 没事 | 没关系 | 没准 | 没完 | 没问题 | 有没有 | 没多久 | 无论 | 无比 | 无疑 | 无敌 | 无限 | 无数 |
  无聊 | 无奈 | 无语 | 无辜 | 无助 | 无私 | 无耻 | 无情 | 未来 | 非常 | 除非 | 是非 | 非洲 | 非得 | 别人 | 别的 | 特别 | 区别 | 级别 | 个别 | 分别 | 告别 | 离别 | 识别 | 性别 |
  从来没这么 | 从来没有这么 | 从没这么 | 从来没有过 | 从未如此 | 从未这么 | 没有比 | 道别 | 别墅 | 辨别 | 派别 | 类别 | (?<![不怎么哪岂可谁])能不 | 何不 | 出没 | 淹没 | 沉没 | 埋没 | 没收 | 没落 | 想不到 | 禁不住 | 不可开交 | 不亦乐乎 | 不言而喻
`);
/** Two denials in one, some of them as a question that expects a yes. */
const CHINESE_AFFIRMING = `(?:${list(`
  无不 | 莫不 | 不无 | 不能不 | 不可不 | 不会不 | 不可能不 | 没有?(?:一个)?人不 | 无人不 | 谁[能会]?不 | 哪(?:里|儿)?[能会]不 | 怎么?(?:能|会|可能)不 |
  岂[能会]?不 | 难道[能会]?不 | 何尝不
`)})(?:是|很|太|觉得|感到)?`;
const CHINESE_CUES = list(`
  (?:从来|再也|一点儿?[都也]|丝毫[都也]?|并|绝对?|决|毫|从|根本|完全|实在|真的)?(?:不(?:是|会|能|再|算|曾|用|必|要|够|想|可能|觉得|感到|怎么|至于)?|没有?|未)(?:什么|啥|任何|多么?|那么|这么|怎么|很|太|特别|十分|非常|觉得|感到|丝毫|一点|半点)? |
  毫无 | 无法 | 难以 | 谈不上 | 说不上 | 算不上 | 称不上 | 并非 | 绝非 | 毫不 | 别(?:再|太|那么|这么)?
`);
const CHINESE_END = /[，。！？；、,.!?;…~～：:\s]|但|可是|然而|而是|却|因为|所以|只是|反而|就是|只想|而已/u;
/** Out of reach: 开心不起来. What is denied stands before it. */
const CHINESE_POTENTIAL = /([\p{Script=Han}]{2})不(?:起来|出来)/gu;
/** A question that leaves it open: 开不开心, 高兴不高兴, 你不开心吗？ */
const CHINESE_OPEN = /(?<open>[\p{Script=Han}]{1,2})[不没]\k<open>/gu;
const CHINESE_ASKED =
  /(?<!\p{Script=Han})(?!\p{Script=Han}*(?:难道|岂|怎么?[能会]|哪[能会]))\p{Script=Han}{0,60}[吗嘛么](?=[？?])/gu;

const SET_PHRASES = new RegExp(
  `\\b(?:${ENGLISH_SET_PHRASES})\\b|${CHINESE_SET_PHRASES}|${CHINESE_OPEN.source}|${CHINESE_ASKED.source}`,
  "giu",
);
const CUES = new RegExp(
  `(?<potential>${CHINESE_POTENTIAL.source})|(?<english>\\b(?:${ENGLISH_CUES})\\b\\s*${ENGLISH_DEGREE})|(?<affirming>${CHINESE_AFFIRMING})|(?<chinese>${CHINESE_CUES})`,
  "giu",
);
const WORD = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/**
 * The outermost denials of a text, in order; none overlaps another.
 *
 * @param text normalized; time is linear in its length
 */
export function denials(text: string): Denial[] {
  const plain = text.replace(SET_PHRASES, (phrase) => MASKED.repeat(phrase.length));
  const found: Denial[] = [];
  let from = 0;
  for (const match of plain.matchAll(CUES)) {
    const { index } = match;
    if (index < from) continue;
    const end = index + match[0].length;
    if (match.groups?.["potential"] !== undefined) {
      found.push({ cue: [index + 2, end], scope: [index, index + 2] });
      from = end;
      continue;
    }
    const rest = plain.slice(end, end + REACH);
    const affirms = match.groups?.["affirming"] !== undefined;
    const inChinese = affirms || match.groups?.["chinese"] !== undefined;
    const stop = rest.search(inChinese ? CHINESE_END : ENGLISH_END);
    const scope: Denial["scope"] = [end, end + (stop < 0 ? rest.length : stop)];
    if (!WORD.test(text.slice(...scope))) continue;
    found.push({ cue: [index, end], scope, ...(affirms ? { affirms } : {}) });
    from = scope[1];
  }
  return found;
}

/** Words that turn a meaning round. They must survive every filter: "not happy" is not "happy". */

const ENGLISH = new Set(
  (
    "not no never none nobody nothing nowhere neither nor without cannot hardly barely scarcely seldom rarely ain't " +
    "n't nope nah lack lacks lacking"
  ).split(" "),
);
const CONTRACTION = /n't$|^(?:dont|doesnt|didnt|isnt|wasnt|arent|cant|couldnt|wont|wouldnt|shouldnt|havent|hasnt)$/;

const CHINESE = new Set(
  (
    "不 没 没有 无 未 非 别 勿 莫 毋 否 甭 休 休想 从不 从未 从没 毫不 毫无 绝不 决不 并不 并非 并没有 不是 不会 " +
    "不能 不要 不用 不可 不得 不必 不想 不再 不曾 不如 不然 不够 不太 不怎么 不至于 未必 未曾 尚未 没法 没什么 " +
    "没办法 无法 无从 莫非 绝非 不行 不对 不好 不怕 不敢 不该 不知 不肯 不愿 不准 不许 不到 不住 不了 没能 没人 并未"
  ).split(" "),
);

/** Whether a word, as written in English or Chinese, negates by itself. */
export function isNegation(word: string): boolean {
  const plain = word.toLowerCase().replaceAll("’", "'");
  return ENGLISH.has(plain) || CONTRACTION.test(plain) || CHINESE.has(plain);
}

/**
 * One vocabulary for the labels of every corpus: aliases in English and Chinese, and the way down to Ekman's seven.
 *
 * Sources: GoEmotions → Ekman, `ekman_mapping.json` of Demszky et al. (2020), ACL; Plutchik's eight as used by XED,
 * Öhman et al. (2020), COLING; RAVDESS, Livingstone & Russo (2018).
 */
import { EMOTIONS, type Emotion } from "./emotion.ts";

interface Entry {
  readonly en: string;
  readonly zh: string;
  /** Class among Ekman's seven; absent where no honest choice exists. */
  readonly ekman?: Emotion;
  /** Other spellings, besides the name itself. Lower case, words joined by `_`. */
  readonly aliases?: readonly string[];
}

const TABLE = {
  anger: {
    en: "anger",
    zh: "愤怒",
    ekman: "anger",
    aliases: ["angry", "ang", "mad", "furious", "rage", "愤怒", "生气", "怒", "恼火", "气愤", "憤怒", "生氣"],
  },
  disgust: {
    en: "disgust",
    zh: "厌恶",
    ekman: "disgust",
    aliases: ["disgusted", "dis", "disgusting", "厌恶", "恶心", "讨厌", "反感", "厭惡", "噁心"],
  },
  fear: {
    en: "fear",
    zh: "恐惧",
    ekman: "fear",
    aliases: ["fearful", "fea", "scared", "afraid", "terrified", "恐惧", "害怕", "惧", "恐慌", "恐懼"],
  },
  joy: {
    en: "joy",
    zh: "快乐",
    ekman: "joy",
    aliases: [
      "happy",
      "happiness",
      "hap",
      "joyful",
      "快乐",
      "高兴",
      "开心",
      "喜悦",
      "喜",
      "乐",
      "幸福",
      "愉快",
      "快樂",
      "高興",
      "開心",
    ],
  },
  neutral: {
    en: "neutral",
    zh: "中性",
    ekman: "neutral",
    aliases: ["neu", "neutrality", "no_emotion", "none", "neural", "无情绪", "中性", "平淡", "无", "無情緒"],
  },
  sadness: {
    en: "sadness",
    zh: "悲伤",
    ekman: "sadness",
    aliases: ["sad", "depress", "depressed", "sorrow", "悲伤", "伤心", "难过", "哀", "沮丧", "低落", "悲傷", "難過"],
  },
  surprise: {
    en: "surprise",
    zh: "惊讶",
    ekman: "surprise",
    aliases: [
      "surprised",
      "sur",
      "ps",
      "pleasant_surprise",
      "astonished",
      "astonishment",
      "惊讶",
      "惊奇",
      "惊",
      "吃惊",
      "意外",
      "驚訝",
      "驚奇",
    ],
  },
  calm: { en: "calm", zh: "平静", ekman: "neutral", aliases: ["relaxed", "calmness", "平静", "放松", "平靜"] },
  contempt: { en: "contempt", zh: "轻蔑", aliases: ["contemptuous", "轻蔑", "鄙视", "輕蔑"] },
  like: { en: "liking", zh: "喜好", ekman: "joy", aliases: ["liking", "喜好", "喜欢", "喜歡"] },
  anticipation: { en: "anticipation", zh: "期待", aliases: ["期待"] },
  trust: { en: "trust", zh: "信任", aliases: ["信任"] },
  boredom: { en: "boredom", zh: "无聊", aliases: ["bored", "无聊", "無聊"] },
  admiration: { en: "admiration", zh: "钦佩", ekman: "joy", aliases: ["钦佩", "赞赏"] },
  amusement: { en: "amusement", zh: "好笑", ekman: "joy", aliases: ["amused", "好笑"] },
  annoyance: {
    en: "annoyance",
    zh: "烦躁",
    ekman: "anger",
    aliases: ["annoyed", "frustration", "frustrated", "fru", "烦躁"],
  },
  approval: { en: "approval", zh: "赞同", ekman: "joy", aliases: ["赞同"] },
  caring: { en: "caring", zh: "关心", ekman: "joy", aliases: ["关心"] },
  confusion: { en: "confusion", zh: "困惑", ekman: "surprise", aliases: ["confused", "困惑"] },
  curiosity: { en: "curiosity", zh: "好奇", ekman: "surprise", aliases: ["curious", "好奇"] },
  desire: { en: "desire", zh: "渴望", ekman: "joy", aliases: ["渴望"] },
  disappointment: { en: "disappointment", zh: "失望", ekman: "sadness", aliases: ["disappointed", "失望"] },
  disapproval: { en: "disapproval", zh: "不赞同", ekman: "anger", aliases: ["不赞同"] },
  embarrassment: { en: "embarrassment", zh: "尴尬", ekman: "sadness", aliases: ["embarrassed", "尴尬"] },
  excitement: { en: "excitement", zh: "兴奋", ekman: "joy", aliases: ["excited", "exc", "兴奋"] },
  gratitude: { en: "gratitude", zh: "感激", ekman: "joy", aliases: ["grateful", "感激", "感谢"] },
  grief: { en: "grief", zh: "悲痛", ekman: "sadness", aliases: ["悲痛"] },
  love: { en: "love", zh: "爱", ekman: "joy", aliases: ["loving", "爱", "喜爱"] },
  nervousness: {
    en: "nervousness",
    zh: "紧张",
    ekman: "fear",
    aliases: ["nervous", "worried", "worry", "anxious", "anxiety", "紧张", "担心", "担忧", "焦虑"],
  },
  optimism: { en: "optimism", zh: "乐观", ekman: "joy", aliases: ["optimistic", "乐观"] },
  pride: { en: "pride", zh: "自豪", ekman: "joy", aliases: ["proud", "自豪"] },
  realization: { en: "realization", zh: "恍然", ekman: "surprise", aliases: ["realisation", "恍然"] },
  relief: { en: "relief", zh: "宽慰", ekman: "joy", aliases: ["relieved", "宽慰"] },
  remorse: { en: "remorse", zh: "懊悔", ekman: "sadness", aliases: ["懊悔", "后悔"] },
  positive: { en: "positive", zh: "积极", aliases: ["pos", "positive_other", "积极"] },
  negative: { en: "negative", zh: "消极", aliases: ["neg", "negative_other", "消极"] },
} as const satisfies Record<string, Entry>;

/** A name of the vocabulary. */
export type Label = keyof typeof TABLE;

const ENTRIES: Readonly<Record<Label, Entry>> = TABLE;

/** Every name of the vocabulary. */
export const LABELS = Object.keys(TABLE) as readonly Label[];

/** The 28 labels of GoEmotions, in the order of its label ids. */
export const GOEMOTIONS = [
  "admiration",
  "amusement",
  "anger",
  "annoyance",
  "approval",
  "caring",
  "confusion",
  "curiosity",
  "desire",
  "disappointment",
  "disapproval",
  "disgust",
  "embarrassment",
  "excitement",
  "fear",
  "gratitude",
  "grief",
  "joy",
  "love",
  "nervousness",
  "optimism",
  "pride",
  "realization",
  "relief",
  "remorse",
  "sadness",
  "surprise",
  "neutral",
] as const satisfies readonly Label[];

/** Plutchik's eight, in the order of XED's label ids 1 to 8. */
export const PLUTCHIK = [
  "anger",
  "anticipation",
  "disgust",
  "fear",
  "joy",
  "sadness",
  "surprise",
  "trust",
] as const satisfies readonly Label[];

/** The eight of RAVDESS, in the order of its codes 01 to 08. */
export const RAVDESS = [
  "neutral",
  "calm",
  "joy",
  "sadness",
  "anger",
  "fear",
  "disgust",
  "surprise",
] as const satisfies readonly Label[];

/** Named sets of labels that a model may answer with. */
export const LABEL_SETS = {
  ekman7: EMOTIONS,
  goemotions28: GOEMOTIONS,
  plutchik8: PLUTCHIK,
  ravdess8: RAVDESS,
} as const satisfies Record<string, readonly Label[]>;

export type LabelSet = keyof typeof LABEL_SETS;

function spelling(name: string): string {
  return name
    .normalize("NFKC")
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/gu, "_");
}

const BY_SPELLING: ReadonlyMap<string, Label> = new Map(
  LABELS.flatMap((label) => [label, ...(ENTRIES[label].aliases ?? [])].map((alias) => [alias, label] as const)),
);

/**
 * The vocabulary's name for a label of any corpus, in English or Chinese.
 *
 * @param name as the corpus writes it; case, width and `-`, `_` or blanks between words do not matter
 * @returns undefined if no entry has this spelling
 */
export function canonicalLabel(name: string): Label | undefined {
  return BY_SPELLING.get(spelling(name));
}

export interface EkmanOptions {
  /** What RAVDESS "calm" becomes. Default "neutral"; "drop" leaves such rows out. */
  readonly calm?: "neutral" | "drop";
}

/**
 * The class among Ekman's seven that a label belongs to.
 *
 * @returns undefined if the label is unknown or belongs to none of the seven (trust, anticipation, contempt, …)
 */
export function ekmanLabel(name: string, options: EkmanOptions = {}): Emotion | undefined {
  const label = canonicalLabel(name);
  if (label === undefined || (label === "calm" && options.calm === "drop")) return undefined;
  return ENTRIES[label].ekman;
}

/** What to show people. An unknown name is shown as it is. */
export function displayLabel(name: string, language: "en" | "zh" = "en"): string {
  const label = canonicalLabel(name);
  return label === undefined ? name : ENTRIES[label][language];
}

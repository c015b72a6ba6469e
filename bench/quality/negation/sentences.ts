/**
 * Sentences made for fitting what a negation does: an emotion said, and the same emotion denied. Half of the words and of
 * the frames are kept for checking. @table
 */
import type { Emotion } from "../../../src/core/emotion.ts";

export interface DeniedSentence {
  readonly affirmed: string;
  readonly denied: string;
  readonly emotion: Emotion;
  /** Whether word and frame are both among those that the fit sees; none of them is among those of the check. */
  readonly part: "fit" | "check";
}

/** `A` where the word stands; what is affirmed, and what is denied. */
type Frame = readonly [affirmed: string, denied: string];

interface Kind {
  readonly words: Readonly<Partial<Record<Emotion, string>>>;
  readonly frames: readonly Frame[];
}

const ENGLISH: readonly Kind[] = [
  {
    words: {
      joy: "happy|glad|delighted|thrilled|pleased|excited|cheerful|grateful|proud|content|overjoyed|amused",
      sadness: "sad|depressed|heartbroken|miserable|disappointed|lonely|upset|gloomy|hopeless|down|hurt|unhappy",
      anger: "angry|furious|mad|annoyed|irritated|outraged|pissed|bitter|enraged|frustrated",
      fear: "afraid|scared|worried|nervous|terrified|anxious|frightened|panicked|uneasy|fearful",
      surprise: "surprised|shocked|amazed|astonished|stunned|startled",
      disgust: "disgusted|revolted|grossed out|sickened",
    },
    frames: [
      ["I am A.", "I am not A."],
      ["We are A today.", "We aren't A today."],
      ["He was A about the news.", "He wasn't A about the news."],
      ["I feel A.", "I don't feel A."],
      ["She looks A to me.", "She doesn't look A to me."],
      ["They were A when I left.", "They were never A when I left."],
      ["My boss is A.", "My boss is not A at all."],
      ["I'm A about how it went.", "I'm not really A about how it went."],
      ["Everybody here is A.", "Nobody here is A."],
      ["I think he is A.", "I do not think he is A."],
      ["The kids are A.", "The kids are no longer A."],
      ["I'd say that I was A.", "I can't say that I was A."],
      ["My sister seems very A.", "My sister does not seem very A."],
      ["Be A.", "Don't be A."],
      ["You sound A, friend.", "You do not sound A, friend."],
      ["I was A at the party last night.", "I was hardly A at the party last night."],
      ["The whole team was A, and we went home.", "The whole team was not A, and we went home."],
      ["I'm so A right now.", "I'm not so A right now."],
    ],
  },
  {
    words: {
      joy: "love this song|enjoy cooking|like the new office|laugh at his jokes|adore that band|appreciate the gift",
      sadness: "miss my old town|cry at night|regret leaving|feel sorry for him|mourn those days|feel like crying",
      anger: "hate my neighbours|resent her|want to punch a wall|shout at people|despise that man|yell at them",
      fear: "fear the dark|worry about money|dread the exam|panic in crowds|feel threatened|get scared at night",
      disgust: "find this gross|want to vomit|think it smells awful|feel like throwing up",
    },
    frames: [
      ["I A.", "I don't A."],
      ["They always A.", "They never A."],
      ["We A any more than before.", "We do not A any more than before."],
      ["You A, I know.", "You don't A, I know."],
      ["I would A.", "I wouldn't A."],
      ["People A here.", "No one would A here."],
    ],
  },
  {
    words: {
      joy: "a great film|an amazing trip|a fun evening|good news|a wonderful gift|a beautiful day",
      sadness: "a sad story|a painful goodbye|a tragic loss|a depressing week",
      anger: "an infuriating call|a damn insult|an outrage|a stupid unfair rule",
      fear: "a scary film|a terrifying night|a frightening dream|a dangerous street",
      disgust: "a disgusting meal|a gross kitchen|a nasty smell|a revolting habit",
      surprise: "a surprise|a shocking twist|an unexpected turn|a shock",
    },
    frames: [
      ["It was A.", "It was not A."],
      ["That is A.", "That isn't A."],
      ["This is A for us.", "This is far from A for us."],
      ["What we had was A.", "What we had was by no means A."],
      ["I'd call it A.", "I wouldn't call it A."],
      ["To me it was A.", "To me it was never A."],
    ],
  },
];

const CHINESE: readonly Kind[] = [
  {
    words: {
      joy: "开心|高兴|快乐|幸福|满意|兴奋|愉快|喜欢|欣慰|激动|享受|满足",
      sadness: "难过|伤心|悲伤|失望|痛苦|沮丧|心痛|孤独|后悔|郁闷|失落|绝望",
      anger: "生气|愤怒|恼火|讨厌他|恨他|火大|气愤|烦躁|反感|恼怒",
      fear: "害怕|恐惧|担心|紧张|恐慌|焦虑|怕黑|慌张|惊恐|畏惧",
      surprise: "惊讶|意外|吃惊|震惊|惊奇|诧异",
    },
    frames: [
      ["我很A。", "我不A。"],
      ["今天我A。", "今天我一点也不A。"],
      ["大家都很A。", "大家都不太A。"],
      ["他听了之后很A。", "他听了之后并不A。"],
      ["我觉得A。", "我没有觉得A。"],
      ["看到结果，妈妈很A。", "看到结果，妈妈没有很A。"],
      ["这件事让我A。", "这件事没有让我A。"],
      ["我对此感到A。", "我对此并没有感到A。"],
      ["最近她非常A。", "最近她不是很A。"],
      ["其实我A。", "其实我从来都不A。"],
      ["我会A的。", "我不会A的。"],
      ["说起来我挺A的。", "说起来我不怎么A。"],
      ["你要A。", "你不要A。"],
      ["老师现在很A。", "老师现在不再A。"],
      ["我是真的A。", "我不是真的A。"],
      ["心里很A。", "心里毫不A。"],
    ],
  },
  {
    words: {
      joy: "好消息|幸福的一天|开心的事|美好的回忆",
      sadness: "伤心事|悲伤的故事|难过的一天|痛苦的回忆",
      anger: "气人的事|让人愤怒的新闻|欺负人的规定|让人火大的态度",
      fear: "可怕的事|吓人的电影|恐怖的夜晚|危险的地方",
      surprise: "意外的结果|惊人的消息|没料到的事|让人吃惊的消息",
    },
    frames: [
      ["这是A。", "这不是A。"],
      ["对我来说这是A。", "对我来说这并不是A。"],
      ["这算是A。", "这算不上A。"],
      ["那里有A。", "那里没有什么A。"],
    ],
  },
];

/** What is denied twice; beside it, what is denied once. Told, and no setting is chosen by them. */
const TWICE: Readonly<Record<"en" | "zh", readonly Frame[]>> = {
  en: [
    ["I am not A.", "It is not true that I am not A."],
    ["He wasn't A.", "I never said that he wasn't A."],
    ["They are not A.", "I don't believe that they are not A."],
    ["She is not A.", "Nobody says that she is not A."],
  ],
  zh: [
    ["我不A。", "我不是不A。"],
    ["他不A。", "他并不是不A。"],
    ["大家都不A。", "没有人不A。"],
    ["妈妈不A。", "妈妈不可能不A。"],
    ["我不A。", "我怎么会不A呢。"],
    ["大家不A。", "大家无不A。"],
    ["我们不A。", "谁不A呢。"],
  ],
};

const KINDS = { en: ENGLISH, zh: CHINESE } as const;

/** Every word in every frame of its kind, where both belong to the same part. */
export function deniedSentences(language: "en" | "zh"): DeniedSentence[] {
  return KINDS[language].flatMap(({ words, frames }) =>
    Object.entries(words).flatMap(([emotion, all]) =>
      all.split("|").flatMap((word, at) =>
        frames.flatMap(([affirmed, denied], frame): DeniedSentence[] => {
          if (at % 2 !== frame % 2) return [];
          const put = (into: string): string => into.replace("A", word);
          return [
            {
              affirmed: put(affirmed),
              denied: put(denied),
              emotion: emotion as Emotion,
              part: at % 2 === 0 ? "fit" : "check",
            },
          ];
        }),
      ),
    ),
  );
}

/** The first kind's words, by emotion: what a person can be. */
export function feelings(language: "en" | "zh"): readonly (readonly [Emotion, readonly string[]])[] {
  const words = Object.entries(KINDS[language][0]?.words ?? {}) as [Emotion, string][];
  return words.map(([emotion, all]) => [emotion, all.split("|")] as const);
}

export interface TwiceDenied {
  readonly once: string;
  readonly twice: string;
  readonly emotion: Emotion;
}

/** The first kind's words in the frames of two denials. */
export function twiceDenied(language: "en" | "zh"): TwiceDenied[] {
  return feelings(language).flatMap(([emotion, words]) =>
    words.flatMap((word) =>
      TWICE[language].map(([once, twice]) => ({
        once: once.replace("A", word),
        twice: twice.replace("A", word),
        emotion,
      })),
    ),
  );
}

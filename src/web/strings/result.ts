/** @table Every word of results, wherever they are shown: emotions, modalities, scores, in each language. */
export const RESULT_STRINGS = {
  "emotion.anger": { en: "anger", zh: "愤怒" },
  "emotion.disgust": { en: "disgust", zh: "厌恶" },
  "emotion.fear": { en: "fear", zh: "恐惧" },
  "emotion.joy": { en: "joy", zh: "喜悦" },
  "emotion.neutral": { en: "neutral", zh: "中性" },
  "emotion.sadness": { en: "sadness", zh: "悲伤" },
  "emotion.other": { en: "other", zh: "其他" },
  "emotion.surprise": { en: "surprise", zh: "惊讶" },

  "modality.text": { en: "words", zh: "文字" },
  "modality.face": { en: "face", zh: "人脸" },
  "modality.speech": { en: "voice", zh: "声音" },

  "result.title": { en: "Result", zh: "结果" },
  "result.appears": { en: "Appears to express", zh: "看起来表达了" },
  "result.uncertain": { en: "Uncertain", zh: "不确定" },
  "result.confidence": { en: "{percent} confidence", zh: "把握 {percent}" },
  "result.scores": { en: "Scores", zh: "各项分数" },
  "result.weights": { en: "What it rests on", zh: "依据" },
  "result.absent": { en: "not used: {reason}", zh: "未使用：{reason}" },
  "result.quality": { en: "signal {percent}", zh: "信号 {percent}" },

  "columns.title": { en: "Further columns", zh: "其他标注列" },
  "columns.of": { en: "by the model of the {modality}", zh: "由{modality}模型给出" },
  "columns.ofFace": { en: "Further columns of face {number}", zh: "第 {number} 张人脸的其他标注列" },
  "columns.here": { en: "Further columns at this place", zh: "此处的其他标注列" },
  "columns.ofSegment": { en: "{modality}, {from} to {to}", zh: "{modality}，{from} 至 {to}" },
  "columns.nothingHere": { en: "{modality}: nothing at this place", zh: "{modality}：此处没有" },
  "columns.more": { en: "{count} more", zh: "另有 {count} 项" },
  "columns.hint": {
    en: "What the model was trained to answer beside the emotion. Numbers are in the unit of its examples.",
    zh: "模型在情绪之外还学会给出的结果。数值以其训练样本的单位计。",
  },

  "affect.title": { en: "Valence and arousal", zh: "愉悦度与唤醒度" },
  "affect.valence.high": { en: "pleasant", zh: "愉快" },
  "affect.valence.middle": { en: "neither pleasant nor unpleasant", zh: "不悲不喜" },
  "affect.valence.low": { en: "unpleasant", zh: "不愉快" },
  "affect.arousal.high": { en: "excited", zh: "激动" },
  "affect.arousal.middle": { en: "neither calm nor excited", zh: "不急不缓" },
  "affect.arousal.low": { en: "calm", zh: "平静" },
} as const;

/** The emotion classes that the shipped models answer with: Ekman's six and neutral. */
export const EMOTIONS = ["anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise"] as const;

export type Emotion = (typeof EMOTIONS)[number];

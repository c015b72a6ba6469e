/** The channels through which an expression is observed. Everything that differs per channel derives from this tuple. */
export const MODALITIES = ["text", "face", "speech"] as const;

export type Modality = (typeof MODALITIES)[number];

/** As reports call them. */
export const MODALITY_NAMES: Readonly<Record<Modality, { readonly en: string; readonly zh: string }>> = {
  text: { en: "text", zh: "文本" },
  face: { en: "face", zh: "人脸" },
  speech: { en: "speech", zh: "语音" },
};

/** A value for every *present* modality. An absent key means that the modality is missing. */
export type PerModality<T> = { readonly [M in Modality]?: T };

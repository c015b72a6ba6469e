/** The channels through which an expression is observed. Everything that differs per channel derives from this tuple. */
export const MODALITIES = ["text", "face", "speech"] as const;

export type Modality = (typeof MODALITIES)[number];

/** A value for every *present* modality. An absent key means that the modality is missing. */
export type PerModality<T> = { readonly [M in Modality]?: T };

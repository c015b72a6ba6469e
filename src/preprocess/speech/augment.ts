/** All augmentation of speech: of the sound itself, and of its features. */
export * from "./augment-features.ts";
export * from "./augment-sound.ts";

/** What a server hands to browsers, so that they recognize on the device with the same files. */
import { MODALITIES, type Modality } from "../core/modality.ts";
import type { PoolOptions } from "../fuse/log-linear-pool.ts";

/** A file to fetch; its address changes with its content, so that it may be kept for good. */
export interface ServedFile {
  /** Relative to the server's root, beginning with `/`. */
  readonly url: string;
  /** Length in bytes. */
  readonly bytes: number;
}

export interface ServedModel extends ServedFile {
  readonly id: string;
  readonly modality: Modality;
  /** Of a text model, ISO 639-1. */
  readonly languages: readonly string[];
}

export interface Catalogue {
  /** In the order in which a recognizer of the same folder uses them. */
  readonly models: readonly ServedModel[];
  /** The two networks of the face detector; absent where they could not be made. */
  readonly detector?: { readonly blazeface: ServedFile; readonly facemesh: ServedFile };
  /** Voice activity; absent where its package is not installed. */
  readonly voice?: ServedFile;
  readonly pool?: PoolOptions;
  /** Days that the server keeps predictions; 0 keeps none. */
  readonly keepDays: number;
}

/** Where a server hands it out. */
export const CATALOGUE_PATH = "/files/models.json";

/** What can be recognized with it: a face needs its detector, speech the ears. */
export function recognizable({ models, detector, voice }: Catalogue): readonly Modality[] {
  const beside: Readonly<Record<Modality, boolean>> = {
    text: true,
    face: detector !== undefined,
    speech: voice !== undefined,
  };
  return MODALITIES.filter((one) => beside[one] && models.some(({ modality }) => modality === one));
}

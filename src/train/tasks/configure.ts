/** One kind of training task per modality, one for the fusion of features, one for all modalities in one network. */
import type { Manifest } from "../../data/manifest.ts";
import type { TrainConfig } from "../config.ts";
import type { TrainingTask } from "../task.ts";
import { configureFaces } from "./face-config.ts";
import type { FaceMedia } from "./face-crops.ts";
import { configureFusion } from "./fusion-config.ts";
import { configureMultimodal } from "./multimodal-config.ts";
import type { SoundPorts } from "./speech-clips.ts";
import { configureSpeech } from "./speech-config.ts";
import { configureTexts } from "./text-config.ts";

export interface TaskPorts extends SoundPorts {
  readonly media: FaceMedia;
  /** Of the configuration, which files that it names are relative to. */
  readonly folder?: string;
}

type Configure = (config: TrainConfig, from: readonly Manifest[], ports: TaskPorts) => Promise<TrainingTask>;

const CONFIGURE: Readonly<Record<TrainConfig["modality"], Configure>> = {
  face: (config, from, { media, undecodable }) => configureFaces(config, from, { ...media, undecodable }),
  text: configureTexts,
  speech: configureSpeech,
  fusion: configureFusion,
  multimodal: configureMultimodal,
};

/** @throws AffektError `config`, `manifest`, `label`, `media` */
export function configureTask(config: TrainConfig, from: readonly Manifest[], ports: TaskPorts): Promise<TrainingTask> {
  return CONFIGURE[config.modality](config, from, ports);
}

/** What of a configuration is wrong whatever its rows hold: known before any of them is read. */
import { AffektError } from "../../core/errors.ts";
import { parsePart, type TrainConfig } from "../config.ts";
import { FaceFeatures } from "./face-config.ts";
import { parseFusedHead } from "./fused-head.ts";
import { FusionFeatures, FusionNetwork } from "./fusion-config.ts";
import { MultimodalFeatures, MultimodalNetwork } from "./multimodal-config.ts";
import { faceNetwork, speechNetwork, textNetwork } from "./network-config.ts";
import { SpeechFeatures } from "./speech-config.ts";
import { TextFeatures } from "./text-config.ts";

/** In place of the number of subwords, which the rows decide. */
const SOME_TOKENS = 256;

const CHECK: Readonly<Record<TrainConfig["modality"], (config: TrainConfig) => void>> = {
  face({ features, network }) {
    parsePart(FaceFeatures, features, "features");
    faceNetwork(network);
  },
  text({ features, network }) {
    const { buckets } = parsePart(TextFeatures, features, "features");
    textNetwork(network, { tokens: SOME_TOKENS, ngrams: buckets });
  },
  speech({ features, network }) {
    parsePart(SpeechFeatures, features, "features");
    speechNetwork(network);
  },
  fusion({ features, network, labels }) {
    parsePart(FusionFeatures, features, "features");
    parseFusedHead(parsePart(FusionNetwork, network, "network").head, labels.length);
  },
  multimodal({ features, network, labels }) {
    const { text } = parsePart(MultimodalFeatures, features, "features");
    const layers = parsePart(MultimodalNetwork, network, "network");
    textNetwork(layers.text, { tokens: SOME_TOKENS, ngrams: text.buckets }, "network.text");
    faceNetwork(layers.face, "network.face");
    speechNetwork(layers.speech, "network.speech");
    parseFusedHead(layers.head, labels.length);
  },
};

/**
 * @param path of the configuration, to be named
 * @throws AffektError what is wrong with the features or the network, naming the fields
 */
export function checkParts(config: TrainConfig, path?: string): void {
  try {
    CHECK[config.modality](config);
  } catch (cause) {
    if (path === undefined || !(cause instanceof AffektError)) throw cause;
    throw new AffektError(cause.code, `${path}: ${cause.message}`, cause.hint, { cause });
  }
}

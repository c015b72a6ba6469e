/** What a model is for and what it is not for, by what it reads. The words are the same on every card of a modality. */
import type { Contract } from "../../../src/recognize/contract.ts";

interface Purpose {
  readonly reads: string;
  readonly intended: readonly string[];
  readonly misuse: readonly string[];
  readonly limits: readonly string[];
}

const EVERYWHERE = [
  "Deciding anything about a person by the answer alone: a person confirms, and the person concerned can object.",
  "Claims about what somebody feels, intends or is like, about health, honesty or identity.",
] as const;

const BIOMETRIC =
  "Use at work or in education in the EU, medical and safety reasons aside (AI Act, Art. 5(1)(f)); use on people who were not told (Art. 50(3)).";

export const PURPOSES: Readonly<Record<Contract["modality"], Purpose>> = {
  text: {
    reads: "what a person writes",
    intended: [
      "The emotion that one message, comment or sentence appears to express; summaries over many.",
      "One of several witnesses in a fusion with face and voice.",
    ],
    misuse: [...EVERYWHERE, "Watching what named people write to each other."],
    limits: [
      "Sees one text without its conversation: irony, quotations and replies are often misread.",
      "Was trained on public posts; dialect, jargon and the language of children are rare there.",
    ],
  },
  face: {
    reads: "a face in a picture",
    intended: [
      "The expression that a visible face appears to show, for a person to look at again.",
      "One of several witnesses in a fusion with text and voice.",
    ],
    misuse: [...EVERYWHERE, BIOMETRIC],
    limits: [
      "Labels are what onlookers called posed and acted pictures from the web; the same expression means different things in different people.",
      "No labels of age, sex or skin colour came with the data, so that differences between groups are not measured; expect them.",
      "Covered mouths or eyes, profiles and very small faces are answered worse: see the curves.",
    ],
  },
  speech: {
    reads: "how a voice sounds, not what it says",
    intended: [
      "The emotion that an utterance appears to express, for a person to listen to again.",
      "One of several witnesses in a fusion with text and face.",
    ],
    misuse: [...EVERYWHERE, BIOMETRIC],
    limits: [
      "Was trained on acted emotions: spontaneous speech is quieter, mixed and answered worse.",
      "A speaker who is not known yet is normalized by the one recording at hand.",
    ],
  },
  fusion: {
    reads: "ready-made features",
    intended: ["Research on fusion with the features that it was trained on."],
    misuse: [...EVERYWHERE],
    limits: ["What makes the features is not in the file."],
  },
  multimodal: {
    reads: "text, face and voice in one network",
    intended: ["Research on fusion."],
    misuse: [...EVERYWHERE, BIOMETRIC],
    limits: ["Was trained on samples composed of texts, faces and voices of the same label from different people."],
  },
};

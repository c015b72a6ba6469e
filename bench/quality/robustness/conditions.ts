/** The conditions of each curve, and what they do to a signal. */
import type { Picture, Waveform } from "../../../src/core/media.ts";
import { random } from "../../../src/core/random.ts";
import { addNoise, telephone } from "../../../src/preprocess/speech/augment-sound.ts";
import { amidPicture, blurred, darkened, glasses, mask, rotated, sized, sunglasses } from "./pictures.ts";

export interface Condition<T> {
  readonly name: string;
  /** Place on the axis. */
  readonly at?: number;
  readonly change: (input: T, index: number) => T;
}

export interface Conditions<T> {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly conditions: readonly Condition<T>[];
}

const SIDES = [12, 16, 24, 32, 48, 96, 200, 500, 2000];
const LIGHT = [1, 0.5, 0.25, 0.12, 0.06];

export const FACE_CONDITIONS: readonly Conditions<Picture>[] = [
  {
    id: "face-rotation",
    title: "Face, turned",
    axis: "degrees",
    conditions: [-45, -30, -20, -10, 0, 10, 20, 30, 45].map((at) => ({ name: `${at}°`, at, change: rotated(at) })),
  },
  {
    id: "face-blur",
    title: "Face, blurred",
    axis: "deviation of the blur, in percent of the face's side",
    conditions: [0, 1, 2, 3, 4, 6, 8].map((at) => ({ name: `${at} %`, at, change: blurred(at) })),
  },
  {
    id: "face-light",
    title: "Face, in low light",
    axis: "share of the light, halved from step to step, with the noise of a sensor",
    conditions: LIGHT.map((share) => ({ name: `${share}`, at: -Math.log2(share), change: darkened(share) })),
  },
  {
    id: "face-size",
    title: "Face, of few or many pixels",
    axis: "side in pixels (the source has 48)",
    conditions: SIDES.map((side) => ({ name: `${side}`, at: Math.log2(side), change: sized(side) })),
  },
  {
    id: "face-cover",
    title: "Face, partly covered",
    axis: "drawn over the face",
    conditions: [
      { name: "nothing", change: (face) => face },
      { name: "glasses", change: glasses },
      { name: "sunglasses", change: sunglasses },
      { name: "mask", change: mask },
    ],
  },
];

/** Pictures for a detector to find the face in. */
export const PICTURE_CONDITIONS: readonly Conditions<Picture>[] = [
  {
    id: "face-tilt",
    title: "Face in a picture, tilted",
    axis: "degrees; what the detector does not find counts as wrong",
    conditions: [-60, -45, -30, -15, 0, 15, 30, 45, 60].map((at) => ({ name: `${at}°`, at, change: amidPicture(at) })),
  },
];

const RATIOS = [40, 20, 10, 5, 0];

/** Louder or quieter; what goes over full scale is cut, as a converter does. */
const level =
  (decibels: number) =>
  ({ samples, sampleRate }: Waveform): Waveform => {
    const factor = 10 ** (decibels / 20);
    return { samples: samples.map((value) => Math.max(-1, Math.min(1, factor * value))), sampleRate };
  };

/** @param noises recordings of rooms and streets */
export function soundConditions(noises: readonly Waveform[]): readonly Conditions<Waveform>[] {
  const noisy = (at: number, pick: (index: number) => Waveform | null): Condition<Waveform> => ({
    name: `${at} dB`,
    at: -at,
    change: (sound, index) => addNoise(sound, pick(index), at, random(index)),
  });
  return [
    {
      id: "speech-noise",
      title: "Speech in white noise",
      axis: "speech over noise",
      conditions: RATIOS.map((at) => noisy(at, () => null)),
    },
    ...(noises.length === 0
      ? []
      : [
          {
            id: "speech-surroundings",
            title: "Speech among recorded sounds (ESC-10)",
            axis: "speech over sounds",
            conditions: RATIOS.map((at) => noisy(at, (index) => noises[index % noises.length] ?? null)),
          },
        ]),
    {
      id: "speech-level",
      title: "Speech, quieter or louder",
      axis: "change of level; what goes over full scale is cut",
      conditions: [-20, -10, 0, 10, 20].map((at) => ({ name: `${at} dB`, at, change: level(at) })),
    },
    {
      id: "speech-line",
      title: "Speech over a line",
      axis: "what it went through",
      conditions: [
        { name: "nothing", change: (sound) => sound },
        { name: "telephone", change: telephone },
      ],
    },
  ];
}

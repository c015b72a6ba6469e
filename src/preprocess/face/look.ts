/** What the two networks of the face finder say about a region of a picture. */
import type { Picture } from "../../core/media.ts";
import type { Session } from "../../core/ports.ts";
import type { Box } from "../../core/prediction.ts";
import { type BlazeFaceOutput, decodeFaces, type FaceCandidate, suppress } from "./blazeface.ts";
import { squareBox } from "./crop.ts";
import { turnedPlanes, unturn } from "./turn.ts";
import { view } from "./view.ts";

/** The two networks; `platform` opens them. */
export interface FaceNetworks {
  /** `input` [1, 3, 32 a, 32 b] in [-1, 1] → `scores16`, `boxes16`, `scores32`, `boxes32`, channels last. */
  readonly detector: Session;
  /** `input` [1, 3, 192, 192] in [0, 1] → `face`, a probability. */
  readonly verifier: Session;
}

const VERIFIER_SIZE = 192;
/** The crop that the verifier sees, as a multiple of the tight box. */
const VERIFIER_MARGIN = 0.25;
/** Real faces score above 0.98, cats, cups and rockets below 0.7 (docs/face-detection.md). */
const MIN_FACE_SCORE = 0.9;
/** Finds that overlap by more are one face. */
export const MAX_OVERLAP = 0.1;

export interface FaceEyes {
  /**
   * Finds of one look, in pixels of the picture.
   *
   * @param region in pixels; it may reach beyond the picture
   * @param width of what the network sees, a multiple of 32, like `height`
   * @param quarters turns of the region before it is looked at
   * @param average see `view`
   */
  look(
    picture: Picture,
    region: Box,
    width: number,
    height: number,
    minConfidence: number,
    quarters?: number,
    average?: boolean,
  ): Promise<FaceCandidate[]>;
  /** Whether the mesh network, too, takes a find for a face. */
  isFace(picture: Picture, face: FaceCandidate, quarters?: number): Promise<boolean>;
}

export function faceEyes({ detector, verifier }: FaceNetworks): FaceEyes {
  async function look(
    picture: Picture,
    region: Box,
    width: number,
    height: number,
    minConfidence: number,
    quarters = 0,
    average?: boolean,
  ): Promise<FaceCandidate[]> {
    const seen = view(picture, region, width, height, 1 / 127.5, -1, average);
    const data = turnedPlanes(seen, width, quarters);
    const outputs = await detector.run({ input: { type: "float32", dims: [1, 3, height, width], data } });
    const heads = ([16, 32] as const).map(
      (stride): BlazeFaceOutput => ({
        stride,
        rows: height / stride,
        columns: width / stride,
        scores: outputs[`scores${stride}`]?.data as Float32Array,
        boxes: outputs[`boxes${stride}`]?.data as Float32Array,
      }),
    );
    const scaleX = region.width / width;
    const scaleY = region.height / height;
    const candidates = suppress(decodeFaces(heads, minConfidence), MAX_OVERLAP);
    return candidates.map((face) => {
      const upright = unturn(face, width, quarters);
      const { box } = upright;
      return {
        confidence: face.confidence,
        box: {
          x: region.x + box.x * scaleX,
          y: region.y + box.y * scaleY,
          width: box.width * scaleX,
          height: box.height * scaleY,
        },
        landmarks: upright.landmarks.map(({ x, y }) => ({ x: region.x + x * scaleX, y: region.y + y * scaleY })),
      };
    });
  }

  async function isFace(picture: Picture, face: FaceCandidate, quarters = 0): Promise<boolean> {
    const seen = view(picture, squareBox(face.box, VERIFIER_MARGIN), VERIFIER_SIZE, VERIFIER_SIZE);
    const data = turnedPlanes(seen, VERIFIER_SIZE, quarters);
    const dims = [1, 3, VERIFIER_SIZE, VERIFIER_SIZE];
    const { face: score } = await verifier.run({ input: { type: "float32", dims, data } });
    return Number(score?.data[0]) >= MIN_FACE_SCORE;
  }

  return { look, isFace };
}

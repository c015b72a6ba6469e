/**
 * A closer look at a face: one small look about the place where it is known to be, at a tenth of the price of a look at
 * a wide picture. It sees the face undistorted and 64 pixels wide whatever its size in the picture, so its box is
 * steadier, too. Faces of films are followed with it from frame to frame.
 */
import type { Picture } from "../../core/media.ts";
import type { Box } from "../../core/prediction.ts";
import { type FaceCandidate, overlap } from "./blazeface.ts";
import { squareBox } from "./crop.ts";
import { type DetectedFace, publish } from "./detected-face.ts";
import type { FaceEyes } from "./look.ts";

const SIZE = 160;
/** Room on each side, as a share of the face: a head that moves by three quarters of its width is still in it. */
const ROOM = 0.75;
/** Least overlap with where the face was; one further away is another's. */
const MIN_OVERLAP = 0.15;
/** Finds below this are shown to the mesh network before they are believed. */
const SURE = 0.85;
const MIN_CONFIDENCE = 0.3;

/**
 * The face at `tight`, as a closer look sees it.
 *
 * @param tight from the brow to the chin, in pixels of the picture
 * @returns undefined if the closer look finds no face there
 */
export async function lookCloser(
  { look, isFace }: FaceEyes,
  picture: Picture,
  tight: Box,
): Promise<FaceCandidate | undefined> {
  const finds = await look(picture, squareBox(tight, ROOM), SIZE, SIZE, MIN_CONFIDENCE);
  const [face] = finds
    .filter(({ box }) => overlap(box, tight) > MIN_OVERLAP)
    .sort((a, b) => overlap(b.box, tight) - overlap(a.box, tight));
  if (face === undefined) return undefined;
  return face.confidence >= SURE || (await isFace(picture, face)) ? face : undefined;
}

/**
 * The face that was at `tight` a moment ago.
 *
 * @param tight from the brow to the chin, in pixels of the picture
 * @returns undefined if no face is there any more
 */
export async function followFace(eyes: FaceEyes, picture: Picture, tight: Box): Promise<DetectedFace | undefined> {
  const face = await lookCloser(eyes, picture, tight);
  return face && publish(face, picture);
}

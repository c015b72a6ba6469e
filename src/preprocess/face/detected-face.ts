/** What a face finder answers with. */
import type { Picture } from "../../core/media.ts";
import type { Box } from "../../core/prediction.ts";
import type { Point } from "./align.ts";
import type { FaceCandidate } from "./blazeface.ts";
import { squareBox } from "./crop.ts";

export interface DetectedFace {
  /** Square about the head: the tight box's longer side times 1.4, cut at the picture's edges. In pixels. */
  readonly box: Box;
  /** From the brow to the chin. */
  readonly tight: Box;
  /** Left and right eye (as seen), tip of the nose, centre of the mouth, left and right ear: what `align` takes. */
  readonly landmarks: readonly Point[];
  /** Of the detector, in [0, 1]. */
  readonly confidence: number;
}

/** Side of the box about the head, as a multiple of the tight box's longer side. */
const HEAD = 1.4;

/** A find with the box that people are shown. */
export function publish(face: FaceCandidate, picture: Picture): DetectedFace {
  const square = squareBox(face.box, (HEAD - 1) / 2);
  const x = Math.max(0, square.x);
  const y = Math.max(0, square.y);
  const box = {
    x,
    y,
    width: Math.max(0, Math.min(picture.width, square.x + square.width) - x),
    height: Math.max(0, Math.min(picture.height, square.y + square.height) - y),
  };
  return { box, tight: face.box, landmarks: face.landmarks, confidence: face.confidence };
}

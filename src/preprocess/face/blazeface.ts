/**
 * Decoding of BlazeFace's outputs: anchors, boxes, landmarks and suppression of duplicates.
 *
 * Source: Bazarevsky et al. (2019), BlazeFace, arXiv 1907.05047; the variant with 256-pixel input has anchors at
 * strides 16 (two each) and 32 (six each). The network is convolutional, so any multiple of 32 will do as input size.
 */
import type { Box } from "../../core/prediction.ts";
import type { Point } from "./align.ts";

/** A candidate, in pixels of whatever picture the caller looks at. */
export interface FaceCandidate {
  /** From the brow to the chin. */
  readonly box: Box;
  /** Left and right eye (as seen in the picture), tip of the nose, centre of the mouth, left and right ear. */
  readonly landmarks: readonly Point[];
  /** In [0, 1]. */
  readonly confidence: number;
}

/** The two heads' outputs, channels last. */
export interface BlazeFaceOutput {
  readonly stride: 16 | 32;
  readonly rows: number;
  readonly columns: number;
  /** `[rows, columns, anchors]`, logits. */
  readonly scores: Float32Array;
  /** `[rows, columns, anchors, 16]`: centre, size and six points, in input pixels relative to the anchor. */
  readonly boxes: Float32Array;
}

const VALUES = 16;
const POINTS = 6;
/** Anchors per cell at strides 16 and 32. */
const ANCHORS = { 16: 2, 32: 6 } as const;

/** Candidates above a confidence, in pixels of the network's input. */
export function decodeFaces(outputs: readonly BlazeFaceOutput[], minConfidence: number): FaceCandidate[] {
  const threshold = Math.log(minConfidence / (1 - minConfidence));
  const faces: FaceCandidate[] = [];
  for (const { stride, rows, columns, scores, boxes } of outputs) {
    const anchors = ANCHORS[stride];
    for (let i = 0; i < rows * columns * anchors; i++) {
      const logit = scores[i]!;
      if (!(logit > threshold)) continue;
      const cell = Math.floor(i / anchors);
      const anchorX = ((cell % columns) + 0.5) * stride;
      const anchorY = (Math.floor(cell / columns) + 0.5) * stride;
      const at = i * VALUES;
      const width = boxes[at + 2]!;
      const height = boxes[at + 3]!;
      const landmarks: Point[] = [];
      for (let point = 0; point < POINTS; point++) {
        const from = at + 4 + point * 2;
        landmarks.push({ x: anchorX + boxes[from]!, y: anchorY + boxes[from + 1]! });
      }
      faces.push({
        box: { x: anchorX + boxes[at]! - width / 2, y: anchorY + boxes[at + 1]! - height / 2, width, height },
        landmarks,
        confidence: 1 / (1 + Math.exp(-logit)),
      });
    }
  }
  return faces;
}

/** Intersection over union of two boxes, in [0, 1]. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** Keeps the most confident of every group of candidates that overlap by more than `maxOverlap`. */
export function suppress<F extends FaceCandidate>(faces: readonly F[], maxOverlap: number): F[] {
  const kept: F[] = [];
  for (const face of [...faces].sort((a, b) => b.confidence - a.confidence)) {
    if (kept.every((other) => overlap(face.box, other.box) <= maxOverlap)) kept.push(face);
  }
  return kept;
}

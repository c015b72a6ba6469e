/**
 * Finding faces: BlazeFace at one or more sizes, each find confirmed by the face mesh's own face score.
 *
 * BlazeFace alone takes cats and coffee cups for faces, and misses crowds and lying faces. So: (1) look at the whole
 * picture, (2) ask the mesh network about every find, (3) only where that leaves nothing, or faces so small that others
 * may be missing, look again at a finer size, (4) where there is still nothing, with room around the picture and at
 * its quarter turns, and (5) look closer at faces that were only seen in a squeezed picture.
 */
import type { Picture } from "../../core/media.ts";
import type { Box } from "../../core/prediction.ts";
import { type FaceCandidate, overlap } from "./blazeface.ts";
import { squareBox } from "./crop.ts";
import { type DetectedFace, publish } from "./detected-face.ts";
import { followFace, lookCloser } from "./follow.ts";
import { type FaceNetworks, faceEyes, MAX_OVERLAP } from "./look.ts";

export interface DetectOptions {
  /** Default 0.3. */
  readonly minConfidence?: number;
  /** Look for quarter turns where nothing upright is found. Default true. */
  readonly turns?: boolean;
  /** Finest look, in pixels of the longer side: 256 is fast, 1024 finds crowds. Default 1024. */
  readonly finest?: 256 | 512 | 1024;
  /** Look again with room around the picture where nothing is found, for faces that fill it. Default true. */
  readonly room?: boolean;
  /**
   * Keep the picture's proportions in the first look, instead of squeezing it into a square as Human does: for a camera
   * of 16 : 9 that is cheaper, and needs no finer look for its faces to be undistorted. Default false.
   */
  readonly even?: boolean;
}

export interface FaceDetector {
  /** Largest face first. */
  detect(picture: Picture, options?: DetectOptions): Promise<readonly DetectedFace[]>;
  /**
   * The face whose tight box was `tight` a moment ago, looked for only about there; undefined if it is gone. Much
   * cheaper than `detect`, for the frames of a film.
   */
  follow(picture: Picture, tight: Box): Promise<DetectedFace | undefined>;
  release(): Promise<void>;
}

interface Found extends FaceCandidate {
  /** Of the look that found it; 0 for the first. */
  readonly level: number;
}

const FIRST_SIZE = 256;
/** A find that lies mostly inside another is a part of it. */
const MAX_INSIDE = 0.5;
/** A confident find of the whole picture is not replaced by one of a finer look, which may see only a part. */
const SURE = 0.85;
/** Below this many pixels of the look that found it, a face may have smaller neighbours that the look missed. */
const SMALL = 36;
/** A picture longer than this is squeezed too much by the first look. */
const LONG_ASPECT = 1.75;
/**
 * BlazeFace answers with squares of what it sees, so a box that is longer than this comes from a squeezed picture and is
 * that much too long. Up to 4 : 3 the boxes are left as they are, since Human's are the same.
 */
const SQUEEZED_ASPECT = 1.4;
/** Enlarging beyond the picture's own pixels shows nothing new. */
const MAX_ENLARGEMENT = 1.5;
/** Black border of the look for faces that fill the picture, as a share of its side. */
const ROOM = 0.3;
/** Above this longer side the first look averages: picking single pixels would leave too many out. */
const COARSE = 2048;

function inside(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / Math.min(a.width * a.height, b.width * b.height);
}

function distinct(faces: readonly Found[]): Found[] {
  const sure = (face: Found): boolean => face.level === 0 && face.confidence >= SURE;
  const order = [...faces].sort((a, b) => Number(sure(b)) - Number(sure(a)) || b.confidence - a.confidence);
  const kept: Found[] = [];
  for (const face of order) {
    const repeats = (other: Found): boolean =>
      overlap(face.box, other.box) > MAX_OVERLAP || inside(face.box, other.box) > MAX_INSIDE;
    if (!kept.some(repeats)) kept.push(face);
  }
  return kept;
}

function isSqueezed({ width, height }: Box): boolean {
  return Math.max(width, height) > SQUEEZED_ASPECT * Math.min(width, height);
}

/** The square of the same middle and area. */
function evened({ x, y, width, height }: Box): Box {
  const side = Math.sqrt(width * height);
  return { x: x + (width - side) / 2, y: y + (height - side) / 2, width: side, height: side };
}

/**
 * The first look takes the very pixels that Human does, so that the two agree: TensorFlow's resizing puts output pixel
 * i at source pixel i · step, half a step up and left of the pixel's middle.
 */
function firstRegion({ width, height }: Picture): Box {
  const early = (side: number): number => 0.5 - side / FIRST_SIZE / 2;
  return { x: early(width), y: early(height), width, height };
}

/** A region of the picture's own proportions, and how large the network sees it when its longer side is `size`. */
function evenView({ width, height }: Picture, size: number): { region: Box; columns: number; rows: number } {
  const scale = size / Math.max(width, height);
  const [columns, rows] = [Math.ceil((width * scale) / 32) * 32, Math.ceil((height * scale) / 32) * 32];
  return { region: { x: 0, y: 0, width: columns / scale, height: rows / scale }, columns, rows };
}

/** A face finder on two opened networks. */
export function faceDetector(networks: FaceNetworks): FaceDetector {
  const eyes = faceEyes(networks);
  const { look, isFace } = eyes;

  async function confirmed(
    picture: Picture,
    candidates: readonly FaceCandidate[],
    level: number,
    known: readonly Found[],
    quarters = 0,
  ): Promise<Found[]> {
    const kept: Found[] = [];
    // What repeats a sure find is dropped before it costs a run of the verifier.
    const fresh = distinct([...known, ...candidates.map((face) => ({ ...face, level }))]).filter(
      (face) => !known.includes(face),
    );
    for (const face of fresh) if (await isFace(picture, face, quarters)) kept.push(face);
    return kept;
  }

  async function detect(picture: Picture, options: DetectOptions = {}): Promise<readonly DetectedFace[]> {
    const minConfidence = options.minConfidence ?? 0.3;
    const { width, height } = picture;
    const longer = Math.max(width, height);
    const { region, columns, rows } =
      options.even === true
        ? evenView(picture, FIRST_SIZE)
        : { region: firstRegion(picture), columns: FIRST_SIZE, rows: FIRST_SIZE };
    const first = await look(picture, region, columns, rows, minConfidence, 0, longer > COARSE);
    let found = await confirmed(picture, first, 0, []);
    let unsatisfied = options.even !== true && longer / Math.min(width, height) > LONG_ASPECT;
    let size = FIRST_SIZE;
    for (let level = 1; size * 2 <= (options.finest ?? 1024); level++) {
      const smallest = Math.min(...found.map((face) => Math.max(face.box.width, face.box.height)));
      const missing = found.length === 0 || (smallest * size) / longer < SMALL;
      if (!(missing || unsatisfied) || size * 2 > longer * MAX_ENLARGEMENT) break;
      unsatisfied = false;
      size *= 2;
      const wider = evenView(picture, size);
      const finer = await look(picture, wider.region, wider.columns, wider.rows, minConfidence);
      found = distinct([...found, ...(await confirmed(picture, finer, level, found))]);
    }
    const square = squareBox({ x: 0, y: 0, width, height });
    if (found.length === 0 && options.room !== false) {
      // A face that fills the picture, as in data sets of cropped faces, is found with room around it.
      const roomy = await look(picture, squareBox(square, ROOM), FIRST_SIZE, FIRST_SIZE, minConfidence);
      found = await confirmed(picture, roomy, 0, []);
    }
    if (found.length === 0 && options.turns !== false) {
      for (const quarters of [1, 3, 2]) {
        const turned = await look(picture, square, FIRST_SIZE, FIRST_SIZE, minConfidence, quarters);
        found = await confirmed(picture, turned, 0, [], quarters);
        if (found.length > 0) break;
      }
    }
    for (const [index, face] of found.entries()) {
      if (!isSqueezed(face.box)) continue;
      const closer = await lookCloser(eyes, picture, evened(face.box));
      if (closer !== undefined) found[index] = { ...closer, level: face.level };
    }
    const area = ({ tight }: DetectedFace): number => tight.width * tight.height;
    return distinct(found)
      .map((face) => publish(face, picture))
      .sort((a, b) => area(b) - area(a));
  }

  return {
    detect,
    follow: (picture, tight) => followFace(eyes, picture, tight),
    async release() {
      await networks.detector.release();
      await networks.verifier.release();
    },
  };
}

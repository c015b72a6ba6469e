/**
 * Reads and writes WAV sound without any outside help.
 *
 * Source: Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0" (1991) and the
 * WAVEFORMATEXTENSIBLE note (2001); down-mix of surround sound after ITU-R BS.775-3.
 *
 * Headers lie: a recorder that was killed leaves a data size of 0 or 0xFFFFFFFF, a cut file has less than it promises.
 * So the sizes in the header are upper bounds and the bytes that are really there decide.
 */
import { AffektError } from "../../core/errors.ts";
import type { Waveform } from "../../core/media.ts";

export type WavEncoding = "uint8" | "int16" | "int24" | "int32" | "float32" | "float64";

export interface WavFormat {
  readonly encoding: WavEncoding;
  readonly channels: number;
  /** In Hz. */
  readonly sampleRate: number;
  /** Bytes of one sample of all channels. */
  readonly blockBytes: number;
  /** Where the samples start, in bytes from the start of the file. */
  readonly dataOffset: number;
  /** Bytes of whole blocks that the file really holds. */
  readonly dataBytes: number;
  /** Share of every channel in the mono sum; adds up to 1. */
  readonly weights: readonly number[];
}

/** Beyond these a header is taken for an attack or an accident: 1 Hz upsampled to 16 kHz grows 16,000-fold. */
const RATE_RANGE = [1_000, 768_000] as const;
const MAX_CHANNELS = 64;

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const UNKNOWN_SIZE = 0xffffffff;

/** Speaker bits of the channel mask, with their level in a mono sum (BS.775: front √½, centre 1, surround ½). */
const FRONT = Math.SQRT1_2;
const SPEAKER_LEVELS = [FRONT, FRONT, 1, 0, 0.5, 0.5, FRONT, FRONT, 0.5, 0.5, 0.5] as const;
const MASK_OF_51 = 0x3f;
const MASK_OF_71 = 0x63f;

function bad(message: string, hint = "Convert the file, for example with `ffmpeg -i FILE -ac 1 -ar 16000 out.wav`.") {
  return new AffektError("media", `${message}.`, hint);
}

/** True if the bytes start like a WAV file (RIFF or RF64). */
export function isWav(bytes: Uint8Array): boolean {
  if (bytes.length < 12) return false;
  const kind = ascii(bytes, 0);
  return (kind === "RIFF" || kind === "RF64") && ascii(bytes, 8) === "WAVE";
}

function ascii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);
}

function monoWeights(channels: number, mask: number): readonly number[] {
  const known = mask !== 0 ? mask : channels === 6 ? MASK_OF_51 : channels === 8 ? MASK_OF_71 : 0;
  const levels: number[] = [];
  for (let bit = 0; bit < 32 && levels.length < channels; bit++) {
    if ((known >>> bit) & 1) levels.push(SPEAKER_LEVELS[bit] ?? 0);
  }
  const total = levels.reduce((sum, level) => sum + level, 0);
  if (levels.length !== channels || total === 0) return new Array<number>(channels).fill(1 / channels);
  return levels.map((level) => level / total);
}

function encodingOf(tag: number, bits: number): WavEncoding {
  if (tag === PCM && bits === 8) return "uint8";
  if (tag === PCM && (bits === 16 || bits === 24 || bits === 32)) return `int${bits}`;
  if (tag === FLOAT && (bits === 32 || bits === 64)) return `float${bits}`;
  throw bad(`WAV encoding ${tag} with ${bits} bits is not read here; expected PCM of 8, 16, 24, 32 or float of 32, 64`);
}

function parseFormat(view: DataView, at: number, size: number) {
  let tag = view.getUint16(at, true);
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  let mask = 0;
  if (tag === EXTENSIBLE && size >= 40) {
    mask = view.getUint32(at + 20, true);
    tag = view.getUint16(at + 24, true);
  }
  const encoding = encodingOf(tag, bits);
  if (channels < 1 || channels > MAX_CHANNELS) {
    throw new AffektError(
      "limit",
      `The WAV header names ${channels} channels; expected 1 to ${MAX_CHANNELS}.`,
      "The file is damaged or not what it says it is.",
    );
  }
  if (sampleRate < RATE_RANGE[0] || sampleRate > RATE_RANGE[1]) {
    throw new AffektError(
      "limit",
      `The WAV header names ${sampleRate} Hz; expected ${RATE_RANGE[0]} to ${RATE_RANGE[1]} Hz.`,
      "The file is damaged or not what it says it is.",
    );
  }
  return { encoding, channels, sampleRate, blockBytes: (channels * bits) / 8, weights: monoWeights(channels, mask) };
}

/**
 * Reads the header.
 *
 * @param head the first bytes of the file, enough to reach the samples (64 KiB nearly always is)
 * @param fileBytes size of the whole file, if `head` is only its start
 * @returns null if the samples start beyond `head`
 * @throws AffektError `media` if this is no WAV file that is read here, `limit` if the header is absurd
 */
export function parseWavHeader(head: Uint8Array, fileBytes = head.length): WavFormat | null {
  if (!isWav(head)) throw bad("The data does not start like a WAV file (RIFF … WAVE)");
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let format: ReturnType<typeof parseFormat> | undefined;
  let at = 12;
  while (at + 8 <= head.length) {
    const kind = ascii(head, at);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (kind === "fmt ") {
      if (size < 16 || start + Math.min(size, 40) > head.length) throw bad("The WAV header is cut off in its format");
      format = parseFormat(view, start, size);
    } else if (kind === "data") {
      if (format === undefined) throw bad("The WAV header has samples before their format");
      const present = Math.max(0, fileBytes - start);
      // 0 and 0xFFFFFFFF are what recorders and pipes write that did not know the length; RF64 keeps it elsewhere.
      const promised = size === 0 || size === UNKNOWN_SIZE ? present : size;
      const bytes = Math.min(promised, present);
      return { ...format, dataOffset: start, dataBytes: bytes - (bytes % format.blockBytes) };
    }
    at = start + size + (size & 1);
  }
  if (at + 8 > fileBytes) throw bad("The WAV file ends before its samples");
  return null;
}

/** How to read one sample at a byte offset, in [-1, 1]. */
function sampleReader(view: DataView, encoding: WavEncoding): (at: number) => number {
  switch (encoding) {
    case "uint8":
      return (at) => (view.getUint8(at) - 128) / 128;
    case "int16":
      return (at) => view.getInt16(at, true) / 32768;
    case "int24":
      return (at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65536) / 8388608;
    case "int32":
      return (at) => view.getInt32(at, true) / 2147483648;
    case "float32":
      return (at) => view.getFloat32(at, true);
    case "float64":
      return (at) => view.getFloat64(at, true);
  }
}

/**
 * Mixes raw blocks to mono.
 *
 * @param blocks whole blocks as they stand in the file
 * @returns one value per block; values that are not finite (damaged float files) become 0
 */
export function wavToMono(blocks: Uint8Array, format: WavFormat): Float32Array {
  const { channels, blockBytes, weights } = format;
  const count = Math.floor(blocks.length / blockBytes);
  const out = new Float32Array(count);
  const sampleBytes = blockBytes / channels;
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  if (format.encoding === "int16" && channels === 1) {
    // By far the most common kind, without a call per sample.
    for (let block = 0; block < count; block++) out[block] = view.getInt16(2 * block, true) / 32768;
    return out;
  }
  const read = sampleReader(view, format.encoding);
  const isFloat = format.encoding === "float32" || format.encoding === "float64";
  for (let block = 0, at = 0; block < count; block++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at += sampleBytes) sum += read(at) * weights[channel]!;
    out[block] = isFloat && !Number.isFinite(sum) ? 0 : sum;
  }
  return out;
}

/** Decodes a whole WAV file to mono at its own rate. @throws AffektError `media` or `limit` */
export function readWav(bytes: Uint8Array): Waveform {
  const format = parseWavHeader(bytes);
  if (format === null) throw bad("The WAV file ends before its samples");
  const { dataOffset, dataBytes, sampleRate } = format;
  return { samples: wavToMono(bytes.subarray(dataOffset, dataOffset + dataBytes), format), sampleRate };
}

/** Writes mono 16-bit PCM (values beyond [-1, 1] are clipped) or 32-bit float. */
export function writeWav(sound: Waveform, encoding: "int16" | "float32" = "int16"): Uint8Array<ArrayBuffer> {
  const bytesPerSample = encoding === "int16" ? 2 : 4;
  const dataBytes = sound.samples.length * bytesPerSample;
  const bytes = new Uint8Array(44 + dataBytes);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string) => {
    for (let i = 0; i < word.length; i++) bytes[at + i] = word.charCodeAt(i);
  };
  text(0, "RIFF");
  view.setUint32(4, 36 + dataBytes, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, encoding === "int16" ? PCM : FLOAT, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sound.sampleRate, true);
  view.setUint32(28, sound.sampleRate * bytesPerSample, true);
  view.setUint16(32, bytesPerSample, true);
  view.setUint16(34, bytesPerSample * 8, true);
  text(36, "data");
  view.setUint32(40, dataBytes, true);
  sound.samples.forEach((value, i) => {
    if (encoding === "float32") view.setFloat32(44 + i * 4, value, true);
    else view.setInt16(44 + i * 2, Math.max(-32768, Math.min(32767, Math.round(value * 32768))), true);
  });
  return bytes;
}

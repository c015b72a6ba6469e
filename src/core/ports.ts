/** What portable code needs from a platform. `platform/node` and `platform/web` fill these in. */
import type { Frame, Picture, Waveform } from "./media.ts";
import type { Tensor } from "./tensor.ts";

export interface SessionOptions {
  /** Threads inside one operator. Default 1. */
  readonly threads?: number;
  /** Graph rewriting by the runtime. `"disabled"` opens long unrolled recurrences much faster. Default `"all"`. */
  readonly optimization?: "disabled" | "basic" | "extended" | "all";
  /** Reuse one memory plan for all runs: faster, but holds more memory. Default true. */
  readonly memoryPattern?: boolean;
}

/** A loaded network. */
export interface Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Runs the network.
   *
   * @param feeds a tensor per input
   * @param into the outputs wanted; a tensor is written in place where the runtime can, null lets it allocate.
   *   Always read what is returned: not every runtime writes in place.
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    into?: Readonly<Record<string, Tensor | null>>,
  ): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** A network runtime (ONNX Runtime in Node or in the browser). */
export interface Runtime {
  readonly name: string;
  open(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}

/** Bytes of a media file, or the path of one where the platform has paths. */
export type MediaSource = Uint8Array | string;

export interface MediaInfo {
  readonly durationMs: number;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
}

/** Decoders of media files. All throw AffektError `media`, `file` or `limit`. */
export interface Media {
  /** Upright (EXIF applied), RGB. */
  picture(source: MediaSource): Promise<Picture>;
  /** The sound track, mono at `sampleRate` Hz, in pieces of at most `pieceMs`, so that hours fit in constant memory. */
  sound(source: MediaSource, options?: { sampleRate?: number; pieceMs?: number }): AsyncIterable<Waveform>;
  /** Frames of a video in order of time, at most `fps` a second. */
  frames(source: MediaSource, options?: { fps?: number; maxSide?: number }): AsyncIterable<Frame>;
  info(source: MediaSource): Promise<MediaInfo>;
}

/** A SHA-256 that is made piece by piece. */
export interface TextHash {
  /** Pieces of well-formed text; where they are cut does not matter. */
  add(text: string): void;
  /** Lower-case hexadecimal, of the UTF-8 of all pieces. Nothing may be added any more. */
  hex(): string;
}

/** Reading of files. Paths use `/` and are relative to the root that the port was opened at, unless absolute. */
export interface Files {
  /** UTF-8, without a byte order mark. @throws AffektError `file` */
  readText(path: string): Promise<string>;
  /** @throws AffektError `file` */
  readBytes(path: string): Promise<Uint8Array>;
  /** The bytes from `start` up to `end`, fewer where the file ends before. @throws AffektError `file` */
  readRange(path: string, start: number, end: number): Promise<Uint8Array>;
  /** Lines of UTF-8 text, split at LF or CRLF only, in constant memory. @throws AffektError `file` */
  lines(path: string): AsyncIterable<string>;
  /** Every file below a folder, as sorted paths relative to that folder. @throws AffektError `file` */
  list(folder: string): Promise<readonly string[]>;
  exists(path: string): Promise<boolean>;
  /** The absolute path, or an equal name that does not depend on where the port was opened. */
  absolute(path: string): string;
  /** Lower-case hexadecimal. @throws AffektError `file` */
  sha256(path: string): Promise<string>;
  /**
   * Rows of a Parquet file in order, as plain objects without the columns that are null, in constant memory. Absent
   * where the platform cannot read them.
   *
   * @throws AffektError `file`; `manifest` if it is no Parquet file or broken; `missing-tool`
   */
  readonly table?: (path: string) => AsyncIterable<Readonly<Record<string, unknown>>>;
}

/** A file without a name, for what only a running process needs: it is gone with the process, also where that is killed. */
export interface Scratch {
  /**
   * Writes behind what is there.
   *
   * @returns byte at which they begin
   * @throws AffektError `file` if there is no room
   */
  append(bytes: Uint8Array): Promise<number>;
  /** @throws AffektError `file` if fewer bytes are there */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Gives the room back. Nothing may be read any more. */
  close(): Promise<void>;
}

/** Files that can also be written. */
export interface WritableFiles extends Files {
  /**
   * On the disk of this folder, which is made. Whoever opens it closes it.
   *
   * @throws AffektError `file`
   */
  scratch(folder: string): Promise<Scratch>;
  /**
   * Writes a whole file, folders included, so that a reader sees the old content or the new, never a part.
   *
   * @throws AffektError `file`
   */
  write(path: string, content: string | Uint8Array | Iterable<string> | AsyncIterable<string>): Promise<void>;
  /**
   * Sees that a file can be written there, before hours are spent on what shall stand in it: makes its folder, leaves
   * what is there as it is, and removes what earlier writes into that folder that were killed have left.
   *
   * @throws AffektError `file`
   */
  readyToWrite(path: string): Promise<void>;
  /**
   * Makes a folder and takes it for one training, until what is returned is called or the process ends, however it ends.
   *
   * @throws AffektError `conflict` if another one is at work in it; `file`
   */
  claim(folder: string): Promise<() => Promise<void>>;
  /**
   * Writes plain objects as a Parquet file, as whole as `write` does; a column's type is the narrowest that holds all
   * of its values. Absent where the platform cannot.
   *
   * @throws AffektError `file`, `missing-tool`
   */
  readonly writeTable?: (path: string, rows: AsyncIterable<Readonly<Record<string, unknown>>>) => Promise<void>;
}

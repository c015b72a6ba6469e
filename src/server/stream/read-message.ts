/** One message of a client, from its bytes. */
import { AffektError } from "../../core/errors.ts";
import { validate } from "../validate.ts";
import { BinaryHeader, type ClientMessage, clientMessage } from "./messages.ts";

/** A binary message: header and media. */
export interface MediaMessage {
  readonly header: BinaryHeader;
  readonly bytes: Uint8Array;
}

export interface MessageReader {
  /** @throws AffektError `input` */
  text(bytes: Uint8Array): ClientMessage;
  /** @throws AffektError `input` */
  binary(bytes: Uint8Array): MediaMessage;
}

const LENGTH_BYTES = 4;
/** Longest header; every field at its longest fits in. */
const MOST_HEADER = 1_024;

function parsed(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new AffektError("input", `The ${what} is not JSON in UTF-8.`, "See /docs for what streams take.", { cause });
  }
}

export function messageReader(textCharacters: number): MessageReader {
  const schema = clientMessage(textCharacters);
  return {
    text: (bytes) => validate(schema, parsed(bytes, "message"), "message"),
    binary(bytes) {
      const room = bytes.length - LENGTH_BYTES;
      const length = room < 0 ? 0 : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
      if (length === 0 || length > Math.min(MOST_HEADER, room)) {
        throw new AffektError(
          "input",
          `A binary message of ${bytes.length} bytes names a header of ${length}; expected 1 to ${MOST_HEADER}, and no more than there is.`,
          "Begin with the header's length as 4 bytes, little-endian, then the header as JSON, then the media.",
        );
      }
      const media = bytes.subarray(LENGTH_BYTES + length);
      const header = validate(
        BinaryHeader,
        parsed(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length), "header"),
        "header",
      );
      const size = header.type !== "sound" || header.encoding === "opus" ? 1 : header.encoding === "pcm16" ? 2 : 4;
      if (media.length === 0 || media.length % size !== 0) {
        throw new AffektError(
          "input",
          `The media of a ${header.type} message have ${media.length} bytes; expected a multiple of ${size}, and at least one.`,
          "Send whole samples, or a whole picture.",
        );
      }
      return { header, bytes: media };
    },
  };
}

/** Inputs as bytes: a header of JSON that says what follows, then media one after the other. */
import type { Inputs } from "../../core/prediction.ts";

/** What a client sends of an utterance: media are encoded files. */
export type SentInputs = Pick<Inputs, "text"> & { readonly [media in Media]?: Uint8Array };
type Media = "image" | "audio" | "video";
const MEDIA: readonly Media[] = ["image", "audio", "video"];

interface Header {
  readonly text?: string;
  readonly media: readonly (readonly [Media, number])[];
}

/** Layout: length of the header as 4 bytes, the lowest first; header; media. */
export function encodeInputs(inputs: SentInputs): Uint8Array {
  const present = MEDIA.flatMap((name) => (inputs[name] === undefined ? [] : [[name, inputs[name]] as const]));
  const header: Header = {
    ...(inputs.text === undefined ? {} : { text: inputs.text }),
    media: present.map(([name, bytes]) => [name, bytes.length]),
  };
  const head = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return new Uint8Array(Buffer.concat([length, head, ...present.map(([, bytes]) => bytes)]));
}

export function decodeInputs(bytes: Uint8Array): SentInputs {
  const start = 4 + Buffer.from(bytes.buffer, bytes.byteOffset).readUInt32LE();
  const { text, media } = JSON.parse(Buffer.from(bytes.subarray(4, start)).toString()) as Header;
  const found: { [name in Media]?: Uint8Array } = {};
  let at = start;
  for (const [name, length] of media) {
    found[name] = bytes.slice(at, at + length);
    at += length;
  }
  return { ...(text === undefined ? {} : { text }), ...found };
}

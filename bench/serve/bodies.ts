/** What is asked: a short text, the portrait of the demonstration (256 × 256, one face), two seconds of sound. */
import { portrait } from "../../src/cli/demo/photograph.ts";

export type Asked = "text" | "picture" | "speech" | "all three";

/** A buzz with the pitch and the syllables of a voice, as WAV of 16 kHz. */
function speech(): string {
  const [rate, seconds] = [16_000, 2];
  const samples = Int16Array.from({ length: rate * seconds }, (_, at) => {
    const time = at / rate;
    const syllable = 0.5 + 0.5 * Math.sin(2 * Math.PI * 4 * time);
    let sum = 0;
    for (let harmonic = 1; harmonic < 20; harmonic++) sum += Math.sin(2 * Math.PI * 140 * harmonic * time) / harmonic;
    return 8_000 * syllable * sum * 0.5;
  });
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer)]).toString("base64");
}

/** Bodies of requests that keep nothing. */
export async function requestBodies(): Promise<Readonly<Record<Asked, string>>> {
  const text = "The train was late again and nobody told us why.";
  const [image, audio] = [Buffer.from(await portrait()).toString("base64"), speech()];
  const said = (inputs: object) => JSON.stringify({ ...inputs, keep: false });
  return {
    text: said({ text }),
    picture: said({ image }),
    // With a word beside it, so that a buzz in which nobody hears speech is an answer too.
    speech: said({ text: "ok", audio }),
    "all three": said({ text, image, audio }),
  };
}

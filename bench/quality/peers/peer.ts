/** A face network of others: what it is, and what it says of our arrays. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Picture } from "../../../src/core/media.ts";
import { floats } from "../../../src/core/tensor.ts";
import { argmax } from "../../../src/metrics/argmax.ts";
import { nodeRuntime } from "../../../src/platform/node/runtime.ts";

export interface Peer {
  /** Of the package, with its version. */
  readonly name: string;
  /** Of the weights. */
  readonly bytes: number;
  /** @param faces grey crops */
  labels(faces: readonly Picture[]): Promise<string[]>;
  close(): Promise<void>;
}

/** What opens a package's network. */
export interface PeerNetwork {
  /** As on npm. */
  readonly package: string;
  /** Below the package: the description and the weights. */
  readonly files: readonly [string, string];
  /** In the order of its outputs, by our names. */
  readonly labels: readonly string[];
  /** `[1, channels, side, side]` of one face. */
  readonly channels: number;
  readonly side: number;
  input(face: Picture): Float32Array;
  /** Bytes of an ONNX file with one input and one output. */
  network(description: string, weights: Uint8Array): Uint8Array;
}

/** Folder of an installed package, whose entry lies in its `dist`. */
function folderOf(name: string): string {
  return dirname(dirname(createRequire(import.meta.url).resolve(name)));
}

/** @returns undefined if the package or its network is not installed */
export async function openPeer(peer: PeerNetwork): Promise<Peer | undefined> {
  const { side, channels, labels } = peer;
  const length = channels * side * side;
  try {
    const folder = folderOf(peer.package);
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string };
    const [description, file] = peer.files.map((name) => join(folder, name)) as [string, string];
    const weights = await readFile(file);
    const session = await nodeRuntime().open(peer.network(await readFile(description, "utf8"), weights));
    const [input, output] = [session.inputs[0], session.outputs[0]] as [string, string];
    return {
      name: `${peer.package} ${version}`,
      bytes: weights.length,
      async labels(faces) {
        const data = new Float32Array(faces.length * length);
        for (const [at, face] of faces.entries()) data.set(peer.input(face), at * length);
        const fed = { [input]: { type: "float32" as const, dims: [faces.length, channels, side, side], data } };
        const said = floats((await session.run(fed, { [output]: null }))[output]);
        return Array.from(argmax(said, labels.length), (label) => labels[label] as string);
      },
      close: () => session.release(),
    };
  } catch (error) {
    console.log(`${peer.package} is left out: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

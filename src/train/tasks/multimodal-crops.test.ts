import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";
import { tinyPorts } from "../../../test/support/tiny-corpus.ts";
import { AffektError } from "../../core/errors.ts";
import type { Picture } from "../../core/media.ts";
import type { WritableFiles } from "../../core/ports.ts";
import type { Manifest } from "../../data/manifest.ts";
import type { Row } from "../../data/row.ts";
import { openCrops } from "./multimodal-crops.ts";

const SIDE = 16;
/** Five faces beside each other in one picture, and ten in files of their own, in an order of no meaning. */
const images = Array.from({ length: 15 }, (_, at) =>
  at % 3 === 0 ? `strip.png#xywh=${at * 6},0,16,16` : `face-${at}.png`,
);

function picture(path: string): Picture {
  const shade = Number(/face-(\d+)/u.exec(path)?.[1] ?? 200);
  const width = path.includes("strip") ? 100 : 20;
  return {
    data: Uint8Array.from({ length: 400 * (width / 20) }, (_, at) => (at * 7 + shade) % 256),
    width,
    height: 20,
    channels: 1,
  };
}

/** @returns crops of the rows that are there, in this order, from what was opened once */
async function opened(files: WritableFiles, heldBytes: number) {
  const decoded: string[] = [];
  const told: string[] = [];
  const rows: Row[] = images.map((image, at) => ({ id: `r${at}`, image, extra: {} }));
  const header = { name: "tiny", version: "1", labels: [], licence: "", terms: "permissive", source: "" } as const;
  const manifest: Manifest = { header: { ...header, labels: [] }, rows, base: files.absolute(".") };
  const crops = await openCrops([manifest], SIDE, {
    ...tinyPorts(files),
    heldBytes,
    media: {
      async picture(source) {
        const path = String(source);
        decoded.push(path.slice(path.lastIndexOf("/") + 1));
        if (path.endsWith("face-7.png")) throw new AffektError("media", "Cannot decode face-7.png.", "");
        return picture(path);
      },
    },
    undecodable: ({ id }) => void told.push(id),
  });
  const taken = await crops.take(manifest, rows);
  const read = async (order: readonly number[] = taken.crops) => {
    const found: Uint8Array[] = [];
    for await (const crop of crops.read(order)) found.push(crop.slice());
    return found;
  };
  return { crops, manifest, rows, taken, read, decoded, told };
}

test("crops from the disk are those in memory, decoded once and a strip once for all its faces", async () => {
  const files = temporaryFiles();
  const inMemory = await opened(files, 1e6);
  expect(await files.exists("cache")).toBe(false);
  const onDisk = await opened(files, 1_000);
  expect(onDisk.taken.rows).toEqual(inMemory.taken.rows);
  expect(inMemory.taken.rows).toHaveLength(14);
  expect([inMemory.told, onDisk.told]).toEqual([["r7"], ["r7"]]);
  const crops = await inMemory.read();
  expect(new Set(crops.map(String)).size).toBe(14);
  expect(await onDisk.read()).toEqual(crops);
  expect(await onDisk.read(onDisk.taken.crops.toReversed())).toEqual(crops.toReversed());
  expect(onDisk.decoded.toSorted()).toEqual(inMemory.decoded.toSorted());
  expect(onDisk.decoded.filter((name) => name === "strip.png")).toHaveLength(1);
  // What cannot be decoded is tried in every run, the others are known.
  expect((await opened(files, 1_000)).decoded).toEqual(["face-7.png"]);
});

test("rows that are taken again are neither decoded nor held again, and are told again", async () => {
  for (const heldBytes of [1e6, 1_000]) {
    const { crops, manifest, rows, taken, read, decoded, told } = await opened(temporaryFiles(), heldBytes);
    await read();
    const before = [decoded.length, crops.held().most];
    expect(await crops.take(manifest, rows)).toEqual(taken);
    expect((await crops.take(manifest, rows.slice(2, 8))).crops).toEqual(taken.crops.slice(2, 7));
    expect([decoded.length, crops.held().most]).toEqual(before);
    expect(crops.held().most).toBe(heldBytes === 1e6 ? 14 * SIDE * SIDE : 3 * SIDE * SIDE);
    expect(told).toEqual(["r7", "r7", "r7"]);
  }
});

test("a crop whose part is damaged is made anew", async () => {
  const files = temporaryFiles();
  const { read } = await opened(files, 1_000);
  const crops = await read();
  for (const part of await files.list("cache")) {
    const bytes = (await files.readBytes(`cache/${part}`)).slice();
    bytes[bytes.length - 1]! ^= 1;
    await files.write(`cache/${part}`, bytes);
  }
  expect(await read()).toEqual(crops);
});

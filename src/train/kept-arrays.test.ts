import { expect, test } from "vitest";
import { temporaryFiles } from "../../test/support/temp-files.ts";
import { keepArrays, readKept } from "./kept-arrays.ts";

const sha256 = (text: string): string => [...text].map((letter) => letter.charCodeAt(0).toString(16)).join("");

test("two runs that made the same in another order write the same part, and each finds its own there", async () => {
  const files = temporaryFiles();
  const arrays: [string, Float32Array][] = [
    ["b", Float32Array.of(1, 2, 3)],
    ["a", Float32Array.of(4)],
    ["c", Float32Array.of(5, 6)],
  ];
  const first = await keepArrays(files, "cache", new Map(arrays), sha256);
  const [part] = await files.list("cache");
  const bytes = await files.readBytes(`cache/${part}`);
  await keepArrays(files, "cache", new Map(arrays.toReversed()), sha256);
  expect(await files.list("cache")).toEqual([part]);
  expect(await files.readBytes(`cache/${part}`)).toEqual(bytes);
  for (const [name, data] of arrays) {
    const place = first.get(name);
    expect(place && (await readKept(files, place))?.data).toEqual(data);
  }
});

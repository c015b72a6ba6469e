import { readdirSync, utimesSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryFiles } from "../../../test/support/temp-files.ts";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test("lines end at LF or CRLF and nowhere else", async () => {
  const files = temporaryFiles({ "a.txt": "one\r\ntwo\u2028still two\n\nlast" });
  expect(await all(files.lines("a.txt"))).toEqual(["one", "two\u2028still two", "", "last"]);
});

test("a character on the border of two blocks is read whole", async () => {
  // 3-byte characters from byte 1 on: the block size, a power of two, falls inside one of them
  const text = `a${"愤".repeat(200_000)}`;
  const [line] = await all(temporaryFiles({ "long.txt": `${text}\n` }).lines("long.txt"));
  expect(line).toBe(text);
});

test("a range of bytes is read, as far as the file goes", async () => {
  const files = temporaryFiles({ "a.bin": "0123456789" });
  const text = async (start: number, end: number) =>
    new TextDecoder().decode(await files.readRange("a.bin", start, end));
  expect(await text(0, 4)).toBe("0123");
  expect(await text(8, 2 ** 52)).toBe("89");
  expect(await text(12, 20)).toBe("");
  await expect(files.readRange("none.bin", 0, 1)).rejects.toThrow("it does not exist");
});

test("a folder is listed with what is below it, sorted", async () => {
  const files = temporaryFiles({ "b/two.wav": "", "a.txt": "", "b/c/one.wav": "" });
  expect(await files.list(".")).toEqual(["a.txt", "b/c/one.wav", "b/two.wav"]);
  expect(await files.list("b")).toEqual(["c/one.wav", "two.wav"]);
});

test("sha256 is that of the bytes", async () => {
  // FIPS 180-2, appendix B.1
  const files = temporaryFiles({ abc: "abc" });
  expect(await files.sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a write that fails leaves the old file and no rubbish", async () => {
  const files = temporaryFiles({ "rows.jsonl": "old" });
  const broken = (function* () {
    yield "new";
    throw new Error("no more");
  })();
  await expect(files.write("rows.jsonl", broken)).rejects.toMatchObject({ code: "file" });
  expect(await files.readText("rows.jsonl")).toBe("old");
  expect(readdirSync(files.absolute("."))).toEqual(["rows.jsonl"]);
});

test("writing makes the folders it needs and takes text, bytes and pieces", async () => {
  const files = temporaryFiles();
  await files.write("deep/er/a.txt", ["a", "b"]);
  await files.write("b.bin", new Uint8Array([1, 2]));
  expect(await files.readText("deep/er/a.txt")).toBe("ab");
  expect([...(await files.readBytes("b.bin"))]).toEqual([1, 2]);
});

test("a missing file is an error that names it, in every verb", async () => {
  const files = temporaryFiles();
  const missing = { code: "file", message: expect.stringContaining("nowhere") as string };
  await expect(files.readText("nowhere")).rejects.toMatchObject(missing);
  await expect(files.readBytes("nowhere")).rejects.toMatchObject(missing);
  await expect(all(files.lines("nowhere"))).rejects.toMatchObject(missing);
  await expect(files.list("nowhere")).rejects.toMatchObject(missing);
  await expect(files.sha256("nowhere")).rejects.toMatchObject(missing);
  expect(await files.exists("nowhere")).toBe(false);
});

test("before a file is written, its folder is made and what killed writes have left is removed", async () => {
  const uuid = "82175c91-ab65-482c-92ed-d50a791de2fc";
  const fresh = `run/a.bin.${uuid.replace("8", "9")}.partial`;
  // Of the file itself, and of another one there.
  const abandoned = { [`run/a.bin.${uuid}.partial`]: "half", [`run/b.bin.${uuid}.partial`]: "half" };
  const kept = {
    ...{ "run/a.bin": "old", "run/b.bin.partial": "", [fresh]: "", [`run/deep/a.bin.${uuid}.partial`]: "" },
    ...{ [`run/notes-${uuid}.partial`]: "", [`run/a.bin.${uuid}.partial.txt`]: "" },
  };
  const files = temporaryFiles({ ...kept, ...abandoned });
  const eleven = new Date(Date.now() - 11 * 60_000);
  for (const path of Object.keys({ ...kept, ...abandoned })) {
    if (path !== fresh) utimesSync(files.absolute(path), eleven, eleven);
  }
  await files.readyToWrite("run/a.bin");
  expect(await files.list(".")).toEqual(Object.keys(kept).sort());
  expect(await files.readText("run/a.bin")).toBe("old");
  await files.readyToWrite("new/c.bin");
  expect(readdirSync(files.absolute("new"))).toEqual([]);
  await expect(files.readyToWrite("run")).rejects.toThrow("it is a folder");
  await expect(files.readyToWrite("run/a.bin/c.bin")).rejects.toThrow("a part of its path is not a folder");
});

test("a scratch file gives back what was written and has no name", async () => {
  const files = temporaryFiles();
  const scratch = await files.scratch("deep/er");
  expect(await scratch.append(new Uint8Array([1, 2, 3]))).toBe(0);
  expect(await scratch.append(new Uint8Array([4, 5]))).toBe(3);
  expect([...(await scratch.read(2, 4))]).toEqual([3, 4]);
  expect(await files.list("deep/er")).toEqual([]);
  await expect(scratch.read(4, 6)).rejects.toThrow(
    /Could not read a scratch file in .*deep.er: bytes 4 to 6 are wanted/u,
  );
  await scratch.close();
  await expect(scratch.read(0, 1)).rejects.toMatchObject({ code: "file" });
  await files.write("file", "");
  await expect(files.scratch("file")).rejects.toThrow(/Could not write into .*file: /u);
});

import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { portrait } from "./photograph.ts";

test("the portrait is a whole JPEG", async () => {
  const bytes = await portrait();
  // Start and end of image markers
  expect([...bytes.slice(0, 2), ...bytes.slice(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
});

test("a package without the portrait is a clear error", async () => {
  await expect(portrait(tmpdir())).rejects.toMatchObject({ code: "file", hint: "Run npm ci again." });
});

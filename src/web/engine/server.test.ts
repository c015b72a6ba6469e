import { expect, test } from "vitest";
import { formOf } from "./server.ts";

test("what is given becomes a form: words and choices as text, media as files, and nothing for what is not given", () => {
  const form = formOf({ text: "so glad", keep: false, subject: "p-1", audio: new Blob(["wave"]) });
  const fields = [...form].map(([name, value]) => [name, typeof value === "string" ? value : value.size]);
  expect(fields).toEqual([
    ["text", "so glad"],
    ["keep", "false"],
    ["subject", "p-1"],
    ["audio", 4],
  ]);
});

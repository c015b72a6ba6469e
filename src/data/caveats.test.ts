import { expect, test } from "vitest";
import { caveatsOf, PAIRING_CAVEAT, PAIRING_NOTE } from "./caveats.ts";
import { ManifestHeader } from "./manifest.ts";

test("what is to be said of rows comes from their headers, once, and from rows that say they were paired", () => {
  const plain = { header: ManifestHeader.parse({ name: "a" }), rows: [{ id: "1", text: "a", extra: {} }] };
  const ours = { ...plain, header: ManifestHeader.parse({ name: "b", caveats: ["Acted."] }) };
  // As an older version composed them, or without their header.
  const paired = { ...plain, rows: [{ id: "1", text: "a", extra: { note: PAIRING_NOTE } }] };
  expect(caveatsOf([plain])).toEqual([]);
  expect(caveatsOf([ours, plain, paired, ours, paired])).toEqual(["Acted.", PAIRING_CAVEAT]);
});

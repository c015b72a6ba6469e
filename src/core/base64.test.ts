import { expect, test } from "vitest";
import { base64Bytes, base64Text } from "./base64.ts";

// RFC 4648, section 10
test.each([
  ["", ""],
  ["Zg==", "f"],
  ["Zm8=", "fo"],
  ["Zm9v", "foo"],
  ["Zm9vYg==", "foob"],
  ["Zm9vYmFy", "foobar"],
  ["Zm9vYg", "foob"],
])("%j are the bytes of %j", (encoded, plain) => {
  expect(base64Bytes(encoded)).toEqual(new TextEncoder().encode(plain));
  expect(base64Text(new TextEncoder().encode(plain)).replace(/=+$/, "")).toBe(encoded.replace(/=+$/, ""));
});

test("every byte comes back", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(base64Bytes(Buffer.from(bytes).toString("base64"))).toEqual(bytes);
  expect(base64Text(bytes.subarray(1))).toBe(Buffer.from(bytes.subarray(1)).toString("base64"));
});

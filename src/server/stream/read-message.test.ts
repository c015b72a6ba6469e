import fc from "fast-check";
import { expect, test } from "vitest";
import { binaryMessage } from "../../client/binary-message.ts";
import { AffektError } from "../../core/errors.ts";
import { messageReader } from "./read-message.ts";

const reader = messageReader(100);

function codeOf(read: () => unknown): string {
  try {
    read();
    return "fine";
  } catch (error) {
    return error instanceof AffektError ? error.code : `not ours: ${String(error)}`;
  }
}

test("any bytes are a message or the client's fault, never a failure of the service", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(["fine", "input"]).toContain(codeOf(() => reader.text(bytes)));
      expect(["fine", "input"]).toContain(codeOf(() => reader.binary(bytes)));
    }),
    { numRuns: 3_000, seed: 1 },
  );
});

test("any header before media is one, too", () => {
  const header = fc.record({
    type: fc.constantFrom("sound", "frame", "text", 5),
    timeMs: fc.oneof(fc.double(), fc.string(), fc.constant(null)),
    speaker: fc.oneof(fc.string(), fc.array(fc.string())),
    sampleRate: fc.oneof(fc.integer(), fc.double()),
  });
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 20 }), (head, media) => {
      expect(["fine", "input"]).toContain(codeOf(() => reader.binary(binaryMessage(head, media))));
    }),
    { numRuns: 3_000, seed: 1 },
  );
});

test("what the client writes is what the service reads", () => {
  const { header, bytes } = reader.binary(
    binaryMessage({ type: "frame", timeMs: 40, speaker: "安娜" }, Uint8Array.of(1, 2)),
  );
  expect(header).toEqual({ type: "frame", timeMs: 40, speaker: "安娜" });
  expect([...bytes]).toEqual([1, 2]);
});

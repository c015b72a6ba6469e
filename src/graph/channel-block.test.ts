import { expect, test } from "vitest";
import type { Runtime } from "../core/ports.ts";
import { nodeRuntime } from "../platform/node/runtime.ts";
import { findChannelBlock } from "./channel-block.ts";
import { decodeModel } from "./onnx-read.ts";

/** A runtime that sees each model first. */
function watched(open: (domains: readonly string[]) => void): Runtime {
  const inner = nodeRuntime();
  return {
    name: "watched",
    async open(model, options) {
      open(decodeModel(model).nodes.map(({ domain }) => domain ?? ""));
      return inner.open(model, options);
    },
  };
}

test("a runtime that refuses the operators gets no blocks", async () => {
  const runtime = watched((domains) => {
    if (domains.some((domain) => domain.endsWith("nchwc"))) throw new Error("no such operator");
  });
  expect(await findChannelBlock(runtime)).toBe(0);
});

test("ONNX Runtime has blocks of 8 or 16 channels, and is asked once", async () => {
  let opened = 0;
  const runtime = watched(() => opened++);
  const block = await findChannelBlock(runtime);
  // Processors without vector registers of 256 bits have none.
  expect(process.arch === "x64" ? [8, 16] : [0, 4, 8, 16]).toContain(block);
  const before = opened;
  expect(await findChannelBlock(runtime)).toBe(block);
  expect(opened).toBe(before);
});

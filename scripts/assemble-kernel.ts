/** Assembles src/graph/optimize/kernel.wat into kernel-bytes.ts. Run after every change of the .wat file. */
import { readFile, writeFile } from "node:fs/promises";
import wabt from "wabt";

const folder = new URL("../src/graph/optimize/", import.meta.url);
const assembler = await wabt();
const source = await readFile(new URL("kernel.wat", folder), "utf8");
const module = assembler.parseWat("kernel.wat", source, { simd: true });
const { buffer } = module.toBinary({});
const base64 = Buffer.from(buffer).toString("base64");
const lines = base64.match(/.{1,100}/g) ?? [];
await writeFile(
  new URL("kernel-bytes.ts", folder),
  `/** kernel.wat, assembled by scripts/assemble-kernel.ts (${buffer.length} bytes, base64). Do not edit. */\n` +
    `export const KERNEL =\n${lines.map((line) => `  "${line}"`).join(" +\n")};\n`,
);

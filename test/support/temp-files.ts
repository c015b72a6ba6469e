/** Files that a test writes for itself, in a folder that goes away with the process. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { WritableFiles } from "../../src/core/ports.ts";
import { nodeFiles } from "../../src/platform/node/files.ts";

/** A fresh folder with these files, as a port; removed when the running test ends. */
export function temporaryFiles(contents: Readonly<Record<string, string | Uint8Array>> = {}): WritableFiles {
  const root = mkdtempSync(join(tmpdir(), "affekt-test-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const files = nodeFiles(root);
  return {
    ...files,
    async scratch(folder) {
      const file = await files.scratch(folder);
      onTestFinished(() => file.close());
      return file;
    },
  };
}

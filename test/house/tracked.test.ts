import { statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT, read, trackedFiles } from "./tree.ts";

const MEDIA = /\.(jpe?g|png|gif|webp|avif|bmp|tiff?|heic|wav|mp3|flac|ogg|opus|m4a|aac|mp4|mov|mkv|webm|avi)$/i;
const DATA = /\.(csv|tsv|parquet|arrow|npy|npz|mat|pkl|h5|zip|gz|xz|zst|tar|7z|pt|pth|safetensors|bin)$/i;
/** Fixtures of a few rows are code; anything larger is data. In bytes. */
const FIXTURE_LIMIT = 8 * 1024;
const PICTURE_LIMIT = 150 * 1024;
const FILE_LIMIT = 256 * 1024;
const LINE_LIMIT = 500;
const MACHINE = [
  /(?<![\w.~])\/(?:work|root)\/[\w.]/,
  /(?<![\w.~])\/home\/[a-z][\w-]*\//,
  /[A-Z]:\\Users\\/,
  /https?:\/\/[^\s"'`)]*(?:registry|artifactory|verdaccio|nexus|npmmirror)[^\s"'`)]*/i,
];

const tracked = trackedFiles();
if (tracked === null)
  console.log("skipped: tracked files are checked in a git checkout only (git clone the repository)");

describe.skipIf(tracked === null)("tracked files", () => {
  const files = tracked ?? [];
  const sources = files.filter((path) => /\.(ts|tsx|mjs|cjs|js)$/.test(path));
  const texts = files.filter((path) => !path.endsWith(".onnx") && statSync(ROOT + path).size < 4 * FILE_LIMIT);

  test("are really listed: a run that sees nothing must not pass", () => {
    expect(sources.length).toBeGreaterThan(10);
  });

  test("hold no data sets and no media but small pictures of the app, each of which a page shows", () => {
    const media = files.filter((path) => MEDIA.test(path));
    expect(media.filter((path) => !/^docs\/pictures\/[\w-]+\.webp$/.test(path))).toEqual([]);
    expect(media.filter((path) => statSync(ROOT + path).size > PICTURE_LIMIT)).toEqual([]);
    const pages = ["README.md", "README.zh.md", "docs/app.md"].map(read).join("\n");
    expect(media.filter((path) => !pages.includes(path.slice("docs/".length)))).toEqual([]);
    expect(files.filter((path) => DATA.test(path) && statSync(ROOT + path).size > FIXTURE_LIMIT)).toEqual([]);
  });

  test("are small, the models and the lock file aside", () => {
    const large = files.filter(
      (path) => !/^models\/|\.onnx$|^package-lock\.json$/.test(path) && statSync(ROOT + path).size > FILE_LIMIT,
    );
    expect(large).toEqual([]);
  });

  test("name no path of a machine and no package host", () => {
    const self = "test/house/tracked.test.ts";
    const found = texts
      .filter((path) => path !== self)
      .flatMap((path) => {
        const text = read(path);
        return MACHINE.map((pattern) => pattern.exec(text)?.[0]).flatMap((hit) => (hit ? [`${path}: ${hit}`] : []));
      });
    expect(found).toEqual([]);
    expect(read("package-lock.json")).not.toContain('"resolved"');
  });

  test("stay short: no source over 500 lines, tables and generated files aside", () => {
    const long = sources.filter((path) => {
      const lines = read(path).split("\n");
      return lines.length > LINE_LIMIT && !/@table|@generated/.test(lines.slice(0, 8).join("\n"));
    });
    expect(long).toEqual([]);
  });
});

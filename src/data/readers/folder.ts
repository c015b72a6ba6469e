/**
 * Class folders: `[train/|validation/|test/]CLASS/[SUBJECT/]file`, the layout of most picture and sound collections.
 */
import type { Parsed } from "../manifest.ts";
import { canonicalSplit } from "../row.ts";

const KINDS = {
  image: ["avif", "bmp", "gif", "jpeg", "jpg", "png", "tif", "tiff", "webp"],
  audio: ["aac", "flac", "m4a", "mp3", "oga", "ogg", "opus", "wav"],
  video: ["avi", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "webm"],
} as const;

const FIELD_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(KINDS).flatMap(([field, endings]) => endings.map((ending) => [ending, field] as const)),
);

/** Records for a listing of paths. Files of other kinds are passed over; `line` is the place in the listing. */
export function* folderRecords(paths: Iterable<string>): Generator<Parsed> {
  let line = 0;
  for (const path of paths) {
    line++;
    const field = FIELD_OF.get(/\.(\w+)$/u.exec(path)?.[1]?.toLowerCase() ?? "");
    if (field === undefined) continue;
    const parts = path.split("/");
    const split = parts.length > 2 ? canonicalSplit(parts[0] ?? "") : undefined;
    const [label, ...rest] = split === undefined ? parts : parts.slice(1);
    if (label === undefined || rest.length === 0) {
      yield { line, problem: `${path} is in no class folder`, code: "unknown-label" };
      continue;
    }
    yield {
      line,
      value: {
        id: path,
        [field]: path,
        label,
        ...(split === undefined ? {} : { split }),
        ...(rest.length > 1 ? { subject: rest[0] } : {}),
      },
    };
  }
}

/** Tells a disk that is full from everything else that may be wrong with it. */
import { AffektError } from "./errors.ts";

/** Of the system (no space, quota used up), and of PostgreSQL. */
const CODES: readonly unknown[] = ["ENOSPC", "EDQUOT", "53100"];

/** @returns an error of ours if that is what it comes from, however deep; otherwise undefined */
export function noRoom(cause: unknown): AffektError | undefined {
  for (let one = cause; one instanceof Error; one = one.cause) {
    if (one instanceof AffektError && one.code === "full") return one;
    if (!CODES.includes((one as { code?: unknown }).code)) continue;
    return new AffektError(
      "full",
      "There is no room left on the disk of this service; what was asked is not kept.",
      "Whoever runs it: make room. It then goes on by itself.",
      { cause },
    );
  }
  return undefined;
}

/** A name for what a locator leads to: the same wherever the same bytes lie, another as soon as they change. */
import type { Files } from "../core/ports.ts";
import { parseLocator } from "./locator.ts";

/**
 * Each file is read once, however many parts of it are named.
 *
 * @param sha256 lower-case hexadecimal, of a text
 * @returns the name of a medium by its locator, of which the path leads somewhere; throws AffektError `file`, `manifest`
 */
export function contentNames(
  files: Pick<Files, "sha256">,
  sha256: (text: string) => string,
): (locator: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return async (locator) => {
    const { path } = parseLocator(locator);
    const bytes = known.get(path) ?? files.sha256(path);
    known.set(path, bytes);
    return sha256(`${await bytes}${locator.slice(path.length)}`);
  };
}

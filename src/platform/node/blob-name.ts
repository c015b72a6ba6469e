/** Names of blobs are ids that this program made up: nothing that could lead anywhere else. */
import { AffektError } from "../../core/errors.ts";

const NAME = /^[0-9a-f]{2}[0-9a-f-]{34}$/u;

export const isBlobName = (name: string): boolean => NAME.test(name);

/** @throws AffektError `internal` */
export function checkBlobName(name: string): void {
  if (!isBlobName(name)) throw new AffektError("internal", "A blob has a name that is no id.", "Report it.");
}

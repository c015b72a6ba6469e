/** Rows whose media cannot be decoded: they are told and left out, or, where nobody listens, they end the training. */
import { AffektError, type ErrorCode } from "../../core/errors.ts";

export interface Undecodable {
  readonly id: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** Takes a row that is left out. What it throws ends the training. May be told of the same row again. */
export type OnUndecodable = (row: Undecodable) => void;

/** Failures of one file alone; without a decoder, or after a stop, none of the others would do better. */
const OWN: ReadonlySet<ErrorCode> = new Set(["media", "file", "limit"]);

/** The error of a row, with the row in front. */
export function undecodableError({ id, code, reason }: Undecodable, hint: string): AffektError {
  return new AffektError(code, `Row ${id}: ${reason}`, hint);
}

/** Where nothing is left, something else is wrong than a file. @throws AffektError `data` */
export function someDecoded(what: string, rows: number, decoded: number): void {
  if (rows === 0 || decoded > 0) return;
  throw new AffektError(
    "data",
    `None of ${rows} ${what} can be decoded.`,
    "See what was told of the rows left out: the paths of the manifest may lead elsewhere.",
  );
}

/**
 * Tells of a row that cannot be decoded.
 *
 * @throws AffektError the failure with its row, if nobody listens or it is none of the file alone
 */
export function leaveOut(id: string, error: AffektError, tell: OnUndecodable | undefined): void {
  const row = { id, code: error.code, reason: error.message };
  if (OWN.has(error.code) && tell !== undefined) tell(row);
  else if (error.code === "aborted") throw error;
  else throw undecodableError(row, error.hint);
}

/**
 * One error type for the whole package. A code is permanent, the wording of a message is not: callers switch on the
 * code, people read the message and the hint.
 */

export const ERROR_CODES = [
  "aborted",
  "busy",
  "checkpoint",
  "config",
  "conflict",
  "content-type",
  "contract",
  "data",
  "deadline",
  "diverged",
  "file",
  "forbidden",
  "full",
  "input",
  "internal",
  "label",
  "limit",
  "manifest",
  "media",
  "missing-tool",
  "model",
  "no-face",
  "no-modality",
  "no-speech",
  "not-found",
  "policy",
  "rate",
  "sample-rate",
  "shape",
  "unauthorized",
  "unavailable",
  "usage",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export class AffektError extends Error {
  override readonly name = "AffektError";
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly hint: string;

  /**
   * @param code what kind of failure, stable across versions
   * @param message what was received and what was expected
   * @param hint what the caller can do about it
   */
  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = hint;
  }
}

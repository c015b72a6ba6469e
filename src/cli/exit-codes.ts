/** What the process answers with. The one place that maps error codes to exit codes. */
import { AffektError, type ErrorCode } from "../core/errors.ts";

export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  // 2: called wrongly
  usage: 2,
  input: 2,
  config: 2,
  // 3: nothing in the input that an emotion could be recognized from
  "no-face": 3,
  "no-modality": 3,
  "no-speech": 3,
  // 4: the input cannot be read
  file: 4,
  media: 4,
  limit: 4,
  "sample-rate": 4,
  // 5: a model cannot be used
  model: 5,
  contract: 5,
  checkpoint: 5,
  shape: 5,
  // 6: labelled data are wrong
  data: 6,
  manifest: 6,
  label: 6,
  // 7: something outside this package is missing
  "missing-tool": 7,
  // 8: training left the numbers
  diverged: 8,
  // 9: a service refuses, or cannot answer now
  busy: 9,
  conflict: 9,
  "content-type": 9,
  deadline: 9,
  forbidden: 9,
  full: 9,
  "not-found": 9,
  policy: 9,
  rate: 9,
  unauthorized: 9,
  unavailable: 9,
  // BSD's EX_SOFTWARE
  internal: 70,
  // as a shell reports an interrupt
  aborted: 130,
};

/** Any thrown value as one of ours, so that it can be printed and mapped. */
export function asAffektError(cause: unknown): AffektError {
  if (cause instanceof AffektError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new AffektError("internal", message, "This is a fault of affekt: run it again with --debug and report it.", {
    cause,
  });
}

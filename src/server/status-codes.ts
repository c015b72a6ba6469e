/** The one place where error codes become HTTP statuses. A new code without one does not compile. */
import type { ErrorCode } from "../core/errors.ts";

export const STATUS_CODES: Readonly<Record<ErrorCode, number>> = {
  input: 400,
  label: 400,
  usage: 400,
  unauthorized: 401,
  forbidden: 403,
  // What is asked for is not allowed by the scenario, its consent or the law that it names.
  policy: 403,
  "not-found": 404,
  conflict: 409,
  limit: 413,
  "content-type": 415,
  // Understood, but there is nothing in it that an emotion could be recognized from.
  media: 422,
  "no-face": 422,
  "no-modality": 422,
  "no-speech": 422,
  "sample-rate": 422,
  rate: 429,
  // nginx's "client closed request"
  aborted: 499,
  checkpoint: 500,
  config: 500,
  contract: 500,
  data: 500,
  diverged: 500,
  file: 500,
  internal: 500,
  manifest: 500,
  shape: 500,
  // This service has no model or no decoder for it.
  "missing-tool": 501,
  model: 501,
  busy: 503,
  unavailable: 503,
  deadline: 504,
  full: 507,
};

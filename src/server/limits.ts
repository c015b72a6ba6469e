/** How much one request, and all of them together, may ask of the service. */
export interface Limits {
  /** Of one request, in bytes. */
  readonly bodyBytes: number;
  /** Of all requests that are being read or answered, in bytes. */
  readonly bytesInFlight: number;
  /** Utterances in one request. */
  readonly batch: number;
  /** Utterances in one job. */
  readonly jobItems: number;
  /** Characters of one text. */
  readonly textCharacters: number;
  /** Pixels of one picture. */
  readonly maxPixels: number;
  /** Of one recording, in seconds. */
  readonly maxSeconds: number;
  /** From the first byte of a connection or request to the last of its headers, in ms. */
  readonly headersMs: number;
  /** From the first byte of a request to its last, in ms. */
  readonly requestMs: number;
  /** From the arrival of a request to its answer, in ms. */
  readonly deadlineMs: number;
  /** Utterances that may wait. */
  readonly waiting: number;
}

export const DEFAULT_LIMITS: Limits = {
  bodyBytes: 32 * 2 ** 20,
  bytesInFlight: 256 * 2 ** 20,
  batch: 64,
  jobItems: 10_000,
  textCharacters: 20_000,
  maxPixels: 50_000_000,
  maxSeconds: 600,
  headersMs: 10_000,
  requestMs: 60_000,
  deadlineMs: 30_000,
  waiting: 256,
};

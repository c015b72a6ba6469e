/** How much streams may ask of the service. */
export interface StreamLimits {
  /** At a time, of all clients. */
  readonly streams: number;
  /** Who only read one stream along. */
  readonly followers: number;
  /** Of one message. */
  readonly messageBytes: number;
  /** Of one frame. */
  readonly framePixels: number;
  /** Of one text. */
  readonly textCharacters: number;
  /** What a client may have sent and nobody has taken yet: beyond it, its connection is not read from. */
  readonly inputs: number;
  readonly inputBytes: number;
  /** What may wait in a connection for the client to read it: beyond the first, passing events are left out; beyond
   * the second, the connection is closed. */
  readonly passingBytes: number;
  readonly unreadBytes: number;
  /** Results that a dropped connection may still get. */
  readonly kept: number;
  /** How long a stream waits for its client to come back, in ms. */
  readonly resumeMs: number;
  readonly heartbeatMs: number;
  /** From the connection to its first message, in ms. */
  readonly openMs: number;
  /** Of one stream, in ms. */
  readonly longestMs: number;
  /** Wrong messages in a row after which a connection is closed. */
  readonly wrong: number;
}

export const DEFAULT_STREAM_LIMITS: StreamLimits = {
  streams: 64,
  followers: 32,
  messageBytes: 2 ** 20,
  framePixels: 4_200_000,
  textCharacters: 20_000,
  inputs: 256,
  inputBytes: 4 * 2 ** 20,
  passingBytes: 64 * 2 ** 10,
  unreadBytes: 4 * 2 ** 20,
  kept: 512,
  resumeMs: 60_000,
  heartbeatMs: 15_000,
  openMs: 10_000,
  longestMs: 12 * 3_600_000,
  wrong: 20,
};

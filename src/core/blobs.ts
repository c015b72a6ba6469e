/** Bytes by name: where media lie that a table should not hold. `platform/node` fills it in with a folder, or with a bucket. */
export interface Blobs {
  /** Writes all of it or nothing. @throws AffektError `unavailable` if there is no room, or no folder */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** undefined if there is none. @throws AffektError `unavailable` */
  get(name: string): Promise<Uint8Array | undefined>;
  has(name: string): Promise<boolean>;
  /** Nothing happens if there is none. */
  remove(name: string): Promise<void>;
  /** Every name, with the time at which it was written. */
  list(): AsyncIterable<{ readonly name: string; readonly at: Date }>;
}

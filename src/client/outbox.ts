/** What a stream's client has sent and could not be passed on while the connection was away. Bounded. */

/** A message ready for the wire. */
type Wire = string | Uint8Array<ArrayBuffer>;

export interface OutboxItem {
  readonly kind: "sound" | "frame" | "text";
  readonly wire: Wire;
  /** Of sound, in ms. */
  readonly lengthMs: number;
}

export interface Outbox {
  /** @returns what is given up for it */
  add(item: OutboxItem): readonly OutboxItem[];
  /** Everything, in order. */
  take(): readonly OutboxItem[];
}

const MOST_SOUND_MS = 10_000;
const MOST_TEXTS = 16;

export function createOutbox(): Outbox {
  let held: OutboxItem[] = [];
  const tooMuch = (kind: OutboxItem["kind"]): boolean => {
    const same = held.filter((item) => item.kind === kind);
    if (kind === "sound") return same.reduce((sum, { lengthMs }) => sum + lengthMs, 0) > MOST_SOUND_MS;
    return same.length > (kind === "text" ? MOST_TEXTS : 1);
  };
  return {
    add(item) {
      held.push(item);
      const given: OutboxItem[] = [];
      while (tooMuch(item.kind)) {
        const oldest = held.find(({ kind }) => kind === item.kind) as OutboxItem;
        held = held.filter((other) => other !== oldest);
        given.push(oldest);
      }
      return given;
    },
    take() {
      const all = held;
      held = [];
      return all;
    },
  };
}

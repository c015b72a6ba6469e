/** Turns whatever a database throws into an error of ours. Its own words may quote rows: they stay in the cause. */
import { AffektError } from "../core/errors.ts";
import { noRoom } from "../core/no-room.ts";

export function unavailable(cause: unknown): AffektError {
  if (cause instanceof AffektError) return cause;
  return (
    noRoom(cause) ??
    new AffektError("unavailable", "The database does not answer.", "Try again a little later.", { cause })
  );
}

/** The same methods; what they throw is an AffektError. */
export function guarded<T extends object>(methods: T): T {
  const wrapped = Object.entries(methods).map(([name, method]: [string, (...args: unknown[]) => Promise<unknown>]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await method(...args);
      } catch (cause) {
        throw unavailable(cause);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}

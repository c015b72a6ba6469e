/** Parts that are opened when first needed, once. */

/** A part, or a function that opens it. Parts are objects, never functions. */
export type Lazy<T extends object> = T | (() => Promise<T>);

export interface Opening<T> {
  (): Promise<T>;
  /** What has been asked for so far; undefined if it never was. */
  readonly pending: () => Promise<T> | undefined;
}

/** Opens at most once. An opening that failed is tried again the next time. */
export function lazily<T extends object>(part: Lazy<T> | undefined): Opening<T> | undefined {
  if (part === undefined) return undefined;
  let opened: Promise<T> | undefined;
  const open = (): Promise<T> => {
    if (opened === undefined) {
      const attempt = typeof part === "function" ? part() : Promise.resolve(part);
      opened = attempt;
      attempt.catch(() => {
        opened = undefined;
      });
    }
    return opened;
  };
  return Object.assign(open, { pending: () => opened });
}

/** The part, if it was ever opened; opens nothing. */
export async function openedOnly<T>(opening: Opening<T> | undefined): Promise<T | undefined> {
  return opening?.pending()?.catch(() => undefined);
}

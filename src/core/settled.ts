/** One of several things that were asked for together: it came, or it failed by itself. */
import { AffektError } from "./errors.ts";

export type Settled<T> = { readonly value: T } | { readonly error: AffektError };

/** @throws what is no failure of this one alone: `aborted`, `internal`, and mistakes in the program */
export async function settled<T>(work: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await work };
  } catch (error) {
    if (error instanceof AffektError && error.code !== "aborted" && error.code !== "internal") return { error };
    throw error;
  }
}

/** How many bytes of requests may be in memory at once. Refuses before a body is read. */
import { AffektError } from "../core/errors.ts";
import type { Limits } from "./limits.ts";

export interface Admission {
  /**
   * @param declared the request's Content-Length, if it names one
   * @returns what gives the bytes back
   * @throws AffektError `limit` if the request alone is too large, `busy` if there is no room now
   */
  enter(declared: number | undefined): () => void;
}

export function createAdmission({ bodyBytes, bytesInFlight }: Limits): Admission {
  let inFlight = 0;
  return {
    enter(declared) {
      const bytes = declared ?? bodyBytes;
      if (bytes > bodyBytes) {
        throw new AffektError(
          "limit",
          `The body has ${bytes} bytes; this service takes at most ${bodyBytes}.`,
          "Send less at a time.",
        );
      }
      if (inFlight + bytes > bytesInFlight) {
        throw new AffektError("busy", "The service is busy with other requests.", "Try again a little later.");
      }
      inFlight += bytes;
      let left = false;
      return () => {
        if (!left) inFlight -= bytes;
        left = true;
      };
    },
  };
}

/**
 * How many bytes of requests may be in memory at once. A small body takes its room when it is announced; a large one, or
 * one of unknown length, as it arrives: whoever announces much and sends nothing keeps nobody else out.
 */
import { AffektError } from "../core/errors.ts";
import type { Limits } from "./limits.ts";

export interface Admitted {
  /** Takes room for bytes that have arrived. @throws AffektError `busy` if there is none. Absent: it has been taken. */
  readonly arrived?: (bytes: number) => void;
  /** Gives all of it back. */
  leave(): void;
}

export interface Admission {
  /**
   * Refuses before a body is read.
   *
   * @param declared the request's Content-Length, if it names one
   * @throws AffektError `limit` if the request alone is too large, `busy` if there is no room now
   */
  enter(declared: number | undefined): Admitted;
}

/** Announced bytes that take their room at once. */
const SMALL = 64 * 1024;

export function createAdmission({ bodyBytes, bytesInFlight }: Limits): Admission {
  let inFlight = 0;
  return {
    enter(declared) {
      if (declared !== undefined && declared > bodyBytes) {
        throw new AffektError(
          "limit",
          `The body has ${declared} bytes; this service takes at most ${bodyBytes}.`,
          "Send less at a time.",
        );
      }
      let own = 0;
      let left = false;
      const need = (bytes: number): void => {
        if (inFlight + bytes <= bytesInFlight) return;
        throw new AffektError("busy", "The service is busy with other requests.", "Try again a little later.");
      };
      const take = (bytes: number): void => {
        if (left) return;
        need(bytes);
        own += bytes;
        inFlight += bytes;
      };
      const isSmall = declared !== undefined && declared <= SMALL;
      if (isSmall) take(declared);
      else need(declared ?? SMALL);
      return {
        ...(isSmall ? {} : { arrived: take }),
        leave() {
          left = true;
          inFlight -= own;
          own = 0;
        },
      };
    },
  };
}

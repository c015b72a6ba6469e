/** How much of its rows a training, or an evaluation of ready-made features, holds in memory on this machine. */
import { AffektError } from "../../core/errors.ts";
import { HELD_BYTES } from "../../train/bounded-reader.ts";

const MEGABYTE = 2 ** 20;

/**
 * `AFFEKT_MEMORY`, in megabytes of 2^20 bytes, or `HELD_BYTES`. What is held changes no result, so that it is a matter
 * of the machine and not of a configuration.
 *
 * @param megabytes as they stand in the environment
 * @throws AffektError `usage` if it is not a whole number from 1
 */
export function heldBytes(megabytes = process.env["AFFEKT_MEMORY"]): number {
  if (megabytes === undefined || megabytes === "") return HELD_BYTES;
  const number = Number(megabytes);
  if (/^\d+$/u.test(megabytes) && number >= 1 && Number.isSafeInteger(number * MEGABYTE)) return number * MEGABYTE;
  throw new AffektError(
    "usage",
    `AFFEKT_MEMORY is ${JSON.stringify(megabytes)}; expected a whole number of megabytes, at least 1.`,
    `Set it to 4096 for 4 GB, or leave it out for ${HELD_BYTES / MEGABYTE}.`,
  );
}

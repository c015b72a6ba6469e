/** A time that clients name. */
import { z } from "zod";

/** Databases count years otherwise than JavaScript where there are more, or fewer, than four digits. */
const YEAR_10000 = Date.UTC(10_000, 0);

export const Moment = z.iso.datetime({ offset: true }).refine((text) => {
  const time = Date.parse(text);
  return time >= 0 && time < YEAR_10000;
}, "must lie between 1970 and 9999");

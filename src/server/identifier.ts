/** Names that clients give to subjects and sessions. */
import { z } from "zod";

export const Identifier = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must not hold control characters");

/** Where a page ends and the next one begins, as a word that clients need not understand. */
import { z } from "zod";
import { AffektError } from "../core/errors.ts";
import type { Place } from "../store/store.ts";
import { Moment } from "./moment.ts";

const CursorContent = z.tuple([Moment, z.uuid()]);

export function cursorOf({ createdAt, id }: Place): string {
  return Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString("base64url");
}

/** @throws AffektError `input` */
export function placeOf(cursor: string): Place {
  try {
    const [createdAt, id] = CursorContent.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return { createdAt: new Date(createdAt), id };
  } catch (cause) {
    throw new AffektError("input", "The cursor is none of this service.", "Pass `next` of the page before.", { cause });
  }
}

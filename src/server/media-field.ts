/** A media file in a request: base64 in JSON, bytes in multipart. Never an address to fetch it from. */
import { z } from "zod";

/** Bytes that the base64 text stands for, or undefined if it is none: what Node skips makes it come out too short. */
function decode(text: string): Uint8Array | undefined {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === Math.floor(((text.length - padding) * 3) / 4) && (text.length - padding) % 4 !== 1
    ? bytes
    : undefined;
}

export const MediaField = z
  .any()
  .meta({ type: "string", contentEncoding: "base64", description: "An encoded media file, in base64." })
  .transform((value: unknown, context): Uint8Array => {
    const bytes = value instanceof Uint8Array ? value : typeof value === "string" ? decode(value) : undefined;
    if (bytes !== undefined && bytes.length > 0) return bytes;
    const what =
      bytes !== undefined
        ? "the file is empty (0 bytes)"
        : typeof value === "string"
          ? "expected base64 (a path or an address is not fetched)"
          : "expected a string of base64";
    context.addIssue({ code: "custom", message: what });
    return z.NEVER;
  });

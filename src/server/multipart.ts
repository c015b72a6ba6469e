/**
 * A multipart body as the same object that JSON would be: fields by name, media as bytes. Several values of one field
 * make as many utterances, as several values of one option do on the command line.
 */
import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { AffektError } from "../core/errors.ts";
import type { Arrived } from "./endpoint.ts";
import type { Limits } from "./limits.ts";

/** Fields that stand for a part of an utterance; all others are about the whole request. */
const PARTS: readonly string[] = ["text", "image", "audio", "video"];
/** Fields whose text is not taken as it is. */
const LISTS: readonly string[] = ["modalities"];

type Value = string | Uint8Array;

/** A part of a form: a field, or a file. */
export type Part =
  | { readonly field: string; readonly value: string }
  | { readonly field: string; readonly fileName: string; readonly type: string; readonly bytes: Uint8Array };

async function bytesOf(file: Readable, limits: Limits, arrived: Arrived): Promise<Buffer> {
  const pieces: Buffer[] = [];
  // Otherwise the end of the file is waited for, though nothing more of it is given out.
  file.once("limit", () => {
    file.destroy(new AffektError("limit", `A file is larger than ${limits.bodyBytes} bytes.`, "Send a smaller one."));
  });
  for await (const piece of file as AsyncIterable<Buffer>) {
    arrived(piece.length);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function* parts(request: FastifyRequest, limits: Limits, arrived: Arrived): AsyncGenerator<Part> {
  let bytes = 0;
  const found = request.parts({
    limits: {
      fileSize: limits.bodyBytes,
      fieldSize: limits.bodyBytes,
      files: limits.batch,
      parts: limits.batch + 16,
      fieldNameSize: 100,
    },
  });
  for await (const part of found) {
    const { fieldname: field } = part;
    const value = part.type === "file" ? await bytesOf(part.file, limits, arrived) : part.value;
    if (typeof value !== "string" && !(value instanceof Uint8Array)) {
      throw new AffektError("input", `The field ${field} is not text.`, "Send fields as plain text.");
    }
    if (part.type !== "file") arrived(value.length);
    bytes += value.length;
    if (bytes > limits.bodyBytes) {
      throw new AffektError("limit", `The body is larger than ${limits.bodyBytes} bytes.`, "Send less at a time.");
    }
    if (part.type !== "file" || typeof value === "string") yield { field, value: String(value) };
    else yield { field, fileName: part.filename ?? field, type: part.mimetype, bytes: value };
  }
}

/** @throws AffektError `input` if the form is malformed, `limit` if it is too large */
export async function* guardedParts(request: FastifyRequest, limits: Limits, arrived: Arrived): AsyncGenerator<Part> {
  try {
    yield* parts(request, limits, arrived);
  } catch (cause) {
    if (cause instanceof AffektError) throw cause;
    const { code, statusCode } = cause as { code?: string; statusCode?: number };
    if (statusCode === 413 || code?.startsWith("FST_") === true) throw cause;
    throw new AffektError("input", "The multipart body is malformed or cut off.", "Send it again.", { cause });
  }
}

function shaped(found: ReadonlyMap<string, readonly Value[]>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, [first, ...more]] of found) {
    if (PARTS.includes(name)) continue;
    if (more.length > 0) {
      throw new AffektError("input", `The field ${name} was sent ${more.length + 1} times.`, "Send it once.");
    }
    body[name] = LISTS.includes(name) && typeof first === "string" ? first.split(",").map((one) => one.trim()) : first;
    if (first === "true" || first === "false") body[name] = first === "true";
  }
  const parts = [...found].filter(([name]) => PARTS.includes(name));
  const many = parts.find(([, several]) => several.length > 1);
  if (many === undefined) return Object.assign(body, Object.fromEntries(parts.map(([name, [value]]) => [name, value])));
  if (parts.length > 1) {
    throw new AffektError(
      "input",
      `Several values of ${many[0]} cannot be combined with ${parts.map(([name]) => name).join(", ")}.`,
      "Send one value each for one utterance, or a batch as JSON.",
    );
  }
  const [name, several] = many;
  const { subject, session, ...rest } = body;
  const about = { ...(subject === undefined ? {} : { subject }), ...(session === undefined ? {} : { session }) };
  return { ...rest, inputs: several.map((value) => ({ [name]: value, ...about })) };
}

/** @throws AffektError `input` if it is malformed, `limit` if it is too large */
export async function readMultipart(
  request: FastifyRequest,
  limits: Limits,
  arrived: Arrived,
): Promise<Record<string, unknown>> {
  const found = new Map<string, Value[]>();
  for await (const part of guardedParts(request, limits, arrived)) {
    const value = "bytes" in part ? part.bytes : part.value;
    found.set(part.field, [...(found.get(part.field) ?? []), value]);
  }
  return shaped(found);
}

/**
 * What a job may be sent as: JSON, JSON Lines with one utterance a line, or files with or without a manifest that says
 * which of them belong together. All become the same object, which is then checked as JSON is.
 */
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES } from "../../core/modality.ts";
import type { Arrived } from "../endpoint.ts";
import { Identifier } from "../identifier.ts";
import type { Limits } from "../limits.ts";
import { MediaField } from "../media-field.ts";
import { guardedParts } from "../multipart.ts";
import { scenarioFields } from "../scenarios.ts";

/** Days that an owner may have media kept. */
const MOST_MEDIA_DAYS = 30;

export function jobSchemas(limits: Limits) {
  const Utterance = z
    .strictObject({
      id: Identifier.optional().meta({ description: "What you call it; the results name it." }),
      text: z.string().max(limits.textCharacters).optional(),
      image: MediaField.optional(),
      audio: MediaField.optional(),
      video: MediaField.optional(),
      subject: Identifier.optional(),
      session: Identifier.optional(),
    })
    .meta({ id: "JobUtterance" });
  const options = {
    modalities: z.array(z.enum(MODALITIES)).min(1).optional().meta({ description: "Look at these only." }),
    ...scenarioFields,
    keep: z.boolean().default(true).meta({ description: "Whether results also become predictions." }),
    keepMediaDays: z
      .int()
      .min(1)
      .max(MOST_MEDIA_DAYS)
      .optional()
      .meta({ description: "Keep what was sent, encrypted, for so many days. Default: until it is recognized." }),
  };
  const Body = z
    .strictObject({ inputs: z.array(Utterance).min(1).max(limits.jobItems), ...options })
    .meta({ id: "NewJob" });
  return { Body, Utterance };
}

type Row = Record<string, unknown>;

/** Options that come as text, in a query or in fields of a form. */
function optionsOf(fields: Readonly<Record<string, unknown>>): Row {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (typeof value !== "string") return [name, value];
    if (name === "modalities") return [name, value.split(",").map((one) => one.trim())];
    if (name === "keep" && (value === "true" || value === "false")) return [name, value === "true"];
    return [name, name === "keepMediaDays" && /^\d{1,4}$/u.test(value) ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

/** @throws AffektError `input` that names the line */
function jsonLines(text: string, limits: Limits): Row[] {
  const rows: Row[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    if (rows.length >= limits.jobItems) {
      throw new AffektError(
        "limit",
        `There are more lines than this service takes in one job: ${limits.jobItems}.`,
        "Send several jobs.",
      );
    }
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch {
      throw new AffektError("input", `Line ${index + 1} is not valid JSON.`, "Write one JSON object a line.");
    }
    rows.push(row as Row);
  }
  return rows;
}

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^image\/|\.(?:jpe?g|png|webp|gif|avif|tiff?|bmp|heic)$/iu, "image"],
  [/^audio\/|\.(?:wav|mp3|flac|ogg|opus|m4a|aac)$/iu, "audio"],
  [/^video\/|\.(?:mp4|mov|mkv|webm|avi)$/iu, "video"],
  [/^text\/plain|\.txt$/iu, "text"],
];
const JSON_LINES = /jsonl|ndjson/iu;

interface Sent {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

function kindOf({ name, type }: Sent): string {
  const found = KINDS.find(([pattern]) => pattern.test(name)) ?? KINDS.find(([pattern]) => pattern.test(type));
  if (found !== undefined) return found[1];
  throw new AffektError(
    "input",
    `The file ${name} is of no kind that is known here: ${type}.`,
    "Send pictures, sounds, films or texts, with the endings or content types of such.",
  );
}

/** @throws AffektError `input` */
function utf8({ name, bytes }: Sent): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new AffektError("input", `The file ${name} is not UTF-8 text.`, "Save it as UTF-8.");
  }
}

/** Rows of a manifest, whose media name files that came with it. */
function manifestRows(text: string, files: ReadonlyMap<string, Sent>, limits: Limits): Row[] {
  return jsonLines(text, limits).map((row) =>
    typeof row !== "object" || row === null
      ? row
      : Object.fromEntries(
          Object.entries(row).map(([field, value]) => {
            const file = field !== "text" && field !== "id" && typeof value === "string" ? files.get(value) : undefined;
            return [field, file?.bytes ?? value];
          }),
        ),
  );
}

async function readForm(request: FastifyRequest, limits: Limits, arrived: Arrived): Promise<Row> {
  const fields: Record<string, unknown> = {};
  const files: Sent[] = [];
  for await (const part of guardedParts(request, { ...limits, batch: limits.jobItems }, arrived)) {
    if ("bytes" in part) files.push({ name: part.fileName, type: part.type, bytes: part.bytes });
    else if (part.field in fields) {
      throw new AffektError("input", `The field ${part.field} was sent twice.`, "Send it once.");
    } else fields[part.field] = part.value;
  }
  const names = new Map(files.map((file) => [file.name, file]));
  if (names.size < files.length) {
    throw new AffektError("input", "Two files have the same name.", "Give every file a name of its own.");
  }
  const { manifest: written, subject, session, ...options } = fields;
  const lines = files.find(({ name, type }) => JSON_LINES.test(name) || JSON_LINES.test(type));
  const manifest = typeof written === "string" ? written : lines && utf8(lines);
  if (manifest !== undefined) return { ...optionsOf(options), inputs: manifestRows(manifest, names, limits) };
  const about = { ...(subject === undefined ? {} : { subject }), ...(session === undefined ? {} : { session }) };
  const inputs = files.map((file) => {
    const kind = kindOf(file);
    return { id: file.name, [kind]: kind === "text" ? utf8(file) : file.bytes, ...about };
  });
  return { ...optionsOf(options), inputs };
}

/** Reads what is not JSON; undefined: it is. */
export function readJobBody(request: FastifyRequest, limits: Limits, arrived: Arrived): Promise<unknown> | undefined {
  if (request.isMultipart()) return readForm(request, limits, arrived);
  if (typeof request.body !== "string") return undefined;
  const { body } = request;
  return (async () => ({ ...optionsOf(request.query as Row), inputs: jsonLines(body, limits) }))();
}

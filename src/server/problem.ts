/** Errors as the client sees them: problem documents (RFC 9457) with affekt's permanent codes. */
import { z } from "zod";
import { AffektError, ERROR_CODES, type ErrorCode } from "../core/errors.ts";
import { noRoom } from "../core/no-room.ts";
import { STATUS_CODES } from "./status-codes.ts";

export const PROBLEM_TYPE = "application/problem+json";

export const Problem = z
  .object({
    type: z.string().meta({ description: "Names the kind of problem: `urn:affekt:problem:` and the code." }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: "What was received and what was expected." }),
    code: z.enum(ERROR_CODES).meta({ description: "Permanent: programs decide by it." }),
    hint: z.string().meta({ description: "What to do about it." }),
    instance: z.string().optional().meta({ description: "Identifier of the request, as in the service's logs." }),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: "Every wrong field, as a JSON pointer into what was sent." }),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;

const TITLES: Readonly<Record<number, string>> = {
  400: "Malformed request",
  401: "No valid key",
  403: "Not allowed",
  404: "Not found",
  409: "In conflict with another request",
  413: "Too large",
  415: "Unsupported content type",
  422: "Nothing to recognize in it",
  429: "Too many requests",
  499: "Cancelled",
  500: "Fault of the service",
  501: "Not possible with this service",
  503: "Cannot answer now",
  504: "Took too long",
  507: "No room left",
};

/** What Fastify and its plugins refuse by themselves. Their own wording may quote the body, so it is not repeated. */
const REFUSALS: Readonly<Record<string, readonly [ErrorCode, string, string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: ["input", "The body is not valid JSON.", "Check brackets, commas and quotes."],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["input", "The body is empty; expected JSON.", "Send a JSON object."],
  FST_ERR_CTP_BODY_TOO_LARGE: ["limit", "The body is larger than this service takes.", "Send less at a time."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    "content-type",
    "The content type of the body is not one that this endpoint takes.",
    "Send application/json, or multipart/form-data where the endpoint takes files.",
  ],
  FST_REQ_FILE_TOO_LARGE: ["limit", "A file is larger than this service takes.", "Send a smaller one."],
  FST_FILES_LIMIT: ["limit", "There are more files than this service takes.", "Send fewer at a time."],
  FST_PARTS_LIMIT: ["limit", "There are more parts than this service takes.", "Send fewer at a time."],
  FST_FIELDS_LIMIT: ["limit", "There are more fields than this service takes.", "Send fewer at a time."],
};

const BY_STATUS: Readonly<Record<number, readonly [ErrorCode, string, string]>> = {
  404: ["not-found", "There is no such address here.", "See /docs for those that there are."],
  408: ["deadline", "The request did not arrive in time.", "Send it faster, or send less."],
  413: ["limit", "The request is larger than this service takes.", "Send less at a time."],
  415: ["content-type", "The content type is not one that this endpoint takes.", "See /docs."],
};

/** Any thrown value as one of ours. */
export function asServiceError(cause: unknown): AffektError {
  const full = noRoom(cause);
  if (full !== undefined) return full;
  if (cause instanceof AffektError) return cause;
  const { code, statusCode } = (cause ?? {}) as { code?: unknown; statusCode?: unknown };
  const known =
    (typeof code === "string" && REFUSALS[code]) || (typeof statusCode === "number" && BY_STATUS[statusCode]);
  if (known) return new AffektError(known[0], known[1], known[2], { cause });
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) {
    return new AffektError("input", "The request is malformed.", "See /docs for what is expected.", { cause });
  }
  return new AffektError("internal", cause instanceof Error ? cause.message : String(cause), "Report it.", { cause });
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** @param instance identifier of the request */
export function problemOf(cause: unknown, instance?: string): Problem {
  const error = asServiceError(cause);
  const status = STATUS_CODES[error.code];
  // What went wrong inside is for the logs: it may name files and machines.
  const own = status === 500;
  return {
    type: `urn:affekt:problem:${error.code}`,
    title: TITLES[status] ?? "Problem",
    status,
    detail: own ? "The service failed to answer this request." : error.message,
    code: error.code,
    hint: own ? "Try again; if it stays so, report the instance to whoever runs this service." : error.hint,
    ...(instance === undefined ? {} : { instance }),
    ...(error.cause instanceof z.ZodError
      ? { errors: error.cause.issues.map(({ path, message }) => ({ pointer: pointer(path), detail: message })) }
      : {}),
  };
}

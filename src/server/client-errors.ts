/** What is answered where a connection brings no request: it came too slowly, is too long, or is no HTTP at all. */
import type { Socket } from "node:net";
import { AffektError } from "../core/errors.ts";
import { PROBLEM_TYPE, problemOf } from "./problem.ts";

type Answer = readonly [status: number, reason: string, error: AffektError];

const NOT_HTTP: Answer = [
  400,
  "Bad Request",
  new AffektError("input", "This is not HTTP.", "Send an HTTP/1.1 request."),
];

const BY_CODE: Readonly<Record<string, Answer>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    "Request Timeout",
    new AffektError("deadline", "The request did not arrive in time.", "Send it faster, or send less."),
  ],
  HPE_HEADER_OVERFLOW: [
    431,
    "Request Header Fields Too Large",
    new AffektError("limit", "The headers are larger than this service takes.", "Send fewer and shorter ones."),
  ],
};

/** Answers, and closes the connection whether or not its client does. */
export function clientErrorHandler({ code }: { readonly code?: string }, socket: Socket): void {
  const [status, title, error] = BY_CODE[code ?? ""] ?? NOT_HTTP;
  if (socket.writable) {
    const body = JSON.stringify({ ...problemOf(error), title, status });
    socket.write(
      `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

/** Headers of every answer: nothing is cached, framed, sniffed or run. There is no CORS: other sites get nothing. */
import type { FastifyReply } from "fastify";

const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  // Browsers heed it over TLS only, which a proxy ends.
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

export function setStrictHeaders(reply: FastifyReply): void {
  reply.headers(HEADERS);
}

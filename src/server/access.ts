/** Who may ask what. Without a key only this machine may, and no page of another site that is open on it. */
import type { FastifyRequest } from "fastify";
import { AffektError } from "../core/errors.ts";
import { type Caller, SCOPES, type Scope } from "./endpoint.ts";

/** Finds the caller of a request. @throws AffektError `unauthorized`, `forbidden` */
export type Access = (request: FastifyRequest, scope: Scope) => Promise<Caller>;

const LOCAL: Caller = { owner: "local", scopes: SCOPES };
const LOCAL_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** Whether a host name or address is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return LOCAL_NAMES.includes(host) || host === "::1" || /^127\.\d+\.\d+\.\d+$/u.test(host);
}

function hostName(host: string): string {
  return host.replace(/:\d+$/u, "");
}

/**
 * Access without keys. A browser may be made to send requests here by any page it shows: those name another host (DNS
 * rebinding) or another origin, and are refused.
 */
export const localAccess: Access = async ({ headers }) => {
  const { host = "", origin } = headers;
  const foreign =
    !isLoopback(hostName(host)) ||
    (origin !== undefined && origin !== `http://${host}`) ||
    headers["sec-fetch-site"] === "cross-site";
  if (foreign) {
    throw new AffektError(
      "forbidden",
      "Without a key, this service answers programs and pages of this machine only.",
      "Make a key with `affekt keys add` and send it as Authorization: Bearer.",
    );
  }
  return LOCAL;
};

/** Tokens of people (JWT, OpenID Connect), signed by an issuer that whoever runs the service named. */
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { AffektError } from "../core/errors.ts";
import { type Caller, SCOPES } from "./endpoint.ts";

export interface OidcOptions {
  /** Its address, as it stands in the tokens. */
  readonly issuer: string;
  /** For whom a token must be made out. */
  readonly audience: string;
}

/** @throws AffektError `unauthorized`, `unavailable` if the issuer's keys cannot be had */
export type VerifyToken = (token: string) => Promise<Caller>;

/** Signatures with a public key only: under a shared secret, whoever can check a token can make one. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const TIMEOUT_MS = 5_000;
/** Clocks of two machines differ. */
const TOLERANCE_SECONDS = 30;
const SCOPE_PREFIX = "affekt:";

function unreachable(cause: unknown): AffektError {
  return new AffektError("unavailable", "The keys of the token's issuer cannot be had.", "Try again a little later.", {
    cause,
  });
}

function refused(message: string, cause: unknown): AffektError {
  return new AffektError("unauthorized", message, "Send a fresh token that was made out for this service.", { cause });
}

/** @throws AffektError `config` unless the address is safe to fetch keys from */
function checked(issuer: string): URL {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  const local = url?.hostname === "localhost" || url?.hostname === "127.0.0.1";
  if (url !== undefined && (url.protocol === "https:" || (url.protocol === "http:" && local))) return url;
  throw new AffektError("config", `The issuer ${issuer} is no https address.`, "Name it as it stands in its tokens.");
}

async function discover(issuer: URL): Promise<JWTVerifyGetKey> {
  const address = `${issuer.href.replace(/\/$/u, "")}/.well-known/openid-configuration`;
  const reply = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  const { jwks_uri: keys } = (await reply.json()) as { jwks_uri?: unknown };
  if (!reply.ok || typeof keys !== "string") throw new Error(`no keys are named at ${address}`);
  return createRemoteJWKSet(checked(keys), { timeoutDuration: TIMEOUT_MS });
}

/** Scopes as `scope: "affekt:read …"` or as a list under `scp` or `roles`. */
function scopesOf({ scope, scp, roles }: JWTPayload): Caller["scopes"] {
  const named = [scope, scp, roles].flatMap((claim) => (typeof claim === "string" ? claim.split(" ") : (claim ?? [])));
  return SCOPES.filter((one) => (named as unknown[]).includes(`${SCOPE_PREFIX}${one}`));
}

/** @throws AffektError `config` if the issuer is no https address */
export function tokenVerifier({ issuer, audience }: OidcOptions, clock: () => Date): VerifyToken {
  const address = checked(issuer);
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (token) => {
    keys ??= discover(address);
    let find: JWTVerifyGetKey;
    try {
      find = await keys;
    } catch (cause) {
      // The next token asks again.
      keys = undefined;
      throw unreachable(cause);
    }
    try {
      const { payload } = await jwtVerify(token, find, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ["sub", "exp"],
        currentDate: clock(),
      });
      // Owners of keys have other names, so that no person is taken for one.
      const owner = `user:${payload.sub}`;
      return { owner, scopes: scopesOf(payload), key: owner };
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) throw refused("The token has expired.", cause);
      if (cause instanceof errors.JWKSTimeout || !(cause instanceof errors.JOSEError)) throw unreachable(cause);
      throw refused("The token is not one that this service takes.", cause);
    }
  };
}

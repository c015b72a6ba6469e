/** Against an issuer of the test's own, over HTTP. */
import { createServer, type Server } from "node:http";
import { exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tokenVerifier, type VerifyToken } from "./oidc.ts";

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

let issuer = "";
let server: Server;
let verify: VerifyToken;
let [own, other]: [KeyPair | undefined, KeyPair | undefined] = [undefined, undefined];
let published: object[] = [];
const NOW = new Date(Date.UTC(2026, 0, 1));
const seconds = NOW.getTime() / 1000;

beforeAll(async () => {
  [own, other] = [await generateKeyPair("ES256"), await generateKeyPair("ES256")];
  published = [{ ...(await exportJWK(own.publicKey)), kid: "one", alg: "ES256" }];
  server = createServer((request, response) => {
    const keys = request.url === "/keys";
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(keys ? { keys: published } : { issuer, jwks_uri: `${issuer}/keys` }));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  issuer = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  verify = tokenVerifier({ issuer, audience: "affekt" }, () => NOW);
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function token(
  change: Record<string, unknown> = {},
  by: KeyPair["privateKey"] | undefined = own?.privateKey,
  kid = "one",
) {
  const claims = { iss: issuer, aud: "affekt", sub: "ann", exp: seconds + 60, scope: "openid affekt:read", ...change };
  return new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid }).sign(by as KeyPair["privateKey"]);
}

test("a token of the issuer makes a caller whose data are its own", async () => {
  expect(await verify(await token())).toEqual({ owner: "user:ann", scopes: ["read"], key: "user:ann" });
  expect((await verify(await token({ scope: undefined, roles: ["affekt:admin", "x"] }))).scopes).toEqual(["admin"]);
  expect((await verify(await token({ scope: "read admin" }))).scopes).toEqual([]);
});

test("a token for another, of another, expired, without a name or not yet valid opens nothing", async () => {
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ aud: "other" }, /not one that this service takes/],
    [{ iss: "https://other.example" }, /not one/],
    [{ exp: seconds - 60 }, /expired/],
    [{ sub: undefined }, /not one/],
    [{ exp: undefined }, /not one/],
    [{ nbf: seconds + 600 }, /not one/],
  ];
  for (const [change, says] of wrong) {
    await expect(token(change).then(verify), JSON.stringify(change)).rejects.toMatchObject({
      code: "unauthorized",
      message: expect.stringMatching(says),
    });
  }
  await expect(token({}, other?.privateKey).then(verify)).rejects.toMatchObject({ code: "unauthorized" });
});

test("no signature, or one under the public key as a secret, opens nothing", async () => {
  const [head, body] = (await token()).split(".");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  await expect(verify(`${none}.${body}.`)).rejects.toMatchObject({ code: "unauthorized" });
  await expect(verify(`${head}.${body}.${"A".repeat(86)}`)).rejects.toMatchObject({ code: "unauthorized" });
  const secret = await importJWK({ kty: "oct", k: Buffer.from(JSON.stringify(published[0])).toString("base64url") });
  const forged = await new SignJWT({ iss: issuer, aud: "affekt", sub: "ann", exp: seconds + 60 })
    .setProtectedHeader({ alg: "HS256", kid: "one" })
    .sign(secret);
  await expect(verify(forged)).rejects.toMatchObject({ code: "unauthorized" });
});

test("an issuer that does not answer is no fault of the token", async () => {
  const away = tokenVerifier({ issuer: "http://127.0.0.1:1", audience: "affekt" }, () => NOW);
  await expect(token().then(away)).rejects.toMatchObject({ code: "unavailable" });
  for (const address of ["http://issuer.example", "issuer", "file:///etc"]) {
    expect(() => tokenVerifier({ issuer: address, audience: "a" }, () => NOW)).toThrow("no https address");
  }
});

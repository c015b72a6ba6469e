/** Keys on the real server; a process that recognizes is not needed for them. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { tinyText } from "../../test/support/tiny-models.ts";
import { openStore } from "../store/open.ts";
import { makeKey } from "./api-key.ts";
import { openKeyRing } from "./key-ring.ts";
import { type Service, startService } from "./service.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

const folder = mkdtempSync(join(tmpdir(), "affekt-keys-"));
const dataDir = join(folder, "data");
const SECRET = "a secret of tests that is 32 long";
const start = (host = "127.0.0.1") =>
  startService({ version: "1.2.3", port: 0, host, models: folder, workers: 1, dataDir, secret: SECRET });
let service: Service | undefined;

async function ask(path: string, key?: string, init: RequestInit = {}) {
  const headers = {
    "content-type": "application/json",
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  const reply = await fetch(`${service?.url}${path}`, { ...init, headers });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  return { status: reply.status, headers: reply.headers, body: (await reply.json()) as any };
}
const make = (body: unknown, key?: string) => ask("/v1/keys", key, { method: "POST", body: JSON.stringify(body) });

beforeAll(() => writeFileSync(join(folder, "text.onnx"), tinyText()));
afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("without a key the service listens for this machine only, until the first key is made", async () => {
  await expect(start("0.0.0.0")).rejects.toMatchObject({ code: "config" });
  service = await start();
  expect((await ask("/v1/predictions")).status).toBe(200);
  const { status, body } = await make({ name: "first", scopes: ["admin", "read"], days: 1 });
  expect(status).toBe(201);
  expect(await ask("/v1/predictions")).toMatchObject({ status: 401, body: { code: "unauthorized" } });
  expect((await ask("/v1/predictions")).headers.get("www-authenticate")).toBe("Bearer");
  expect((await ask("/v1/predictions", body.key)).status).toBe(200);
  // Whoever watches over the process needs no key.
  expect((await ask("/health")).status).toBe(200);
  expect((await ask("/v1/models", "affekt_0123456789abcdef_wrong")).status).toBe(401);
  const otherSecret = `${body.key.slice(0, -1)}${body.key.endsWith("A") ? "B" : "A"}`;
  expect((await ask("/v1/models", otherSecret)).status).toBe(401);

  const reader = (await make({ name: "reader", scopes: ["read"] }, body.key)).body;
  expect((await ask("/v1/models", reader.key)).status).toBe(200);
  expect(await make({ name: "more", scopes: ["admin"] }, reader.key)).toMatchObject({
    status: 403,
    body: { code: "forbidden" },
  });
  const recognized = await ask("/v1/recognize", reader.key, { method: "POST", body: '{"text":"😀"}' });
  expect(recognized.status).toBe(403);

  const listed = (await ask("/v1/keys", body.key)).body.keys;
  expect(listed.map(({ name }: { name: string }) => name)).toEqual(["first", "reader"]);
  expect(JSON.stringify(listed)).not.toContain("hash");
  expect((await ask(`/v1/keys/${reader.about.id}`, body.key, { method: "DELETE" })).status).toBe(200);
  expect(await ask("/v1/models", reader.key)).toMatchObject({ status: 401, body: { detail: "The key was revoked." } });
  expect((await ask(`/v1/keys/${reader.about.id}`, body.key, { method: "DELETE" })).status).toBe(404);
  await service.close();
  service = undefined;
});

test("an owner never sees another's data, and an expired key opens nothing", async () => {
  const ring = await openKeyRing({ dataDir, secret: SECRET });
  const one = await ring.add({ name: "a", owner: "one", scopes: ["read", "admin"] });
  const two = await ring.add({ name: "b", owner: "two", scopes: ["read", "admin"] });
  expect((await ring.list()).map(({ name }) => name)).toEqual(["first", "reader", "a", "b"]);
  await ring.close();
  const store = await openStore({ dataDir });
  const old = makeKey(
    { name: "old", owner: "one", scopes: ["read"], now: new Date(0), expiresAt: new Date(1) },
    SECRET,
  );
  await store.addKey(old.row);
  const id = "00000000-0000-4000-8000-000000000000";
  const prediction = { id, createdAt: new Date(), label: "joy", confidence: 1, subject: "p", prediction: { id } };
  await store.addPredictions("one", [prediction]);
  await store.close();

  // With keys it may listen for everybody; the test asks this machine's address all the same.
  service = await start("0.0.0.0");
  const at = service.url.replace("0.0.0.0", "127.0.0.1");
  service = { ...service, url: at };
  expect((await ask("/v1/predictions", old.token)).body.detail).toBe("The key has expired.");
  expect((await ask("/v1/predictions", one)).body.predictions).toHaveLength(1);
  expect((await ask("/v1/predictions", two)).body.predictions).toEqual([]);
  expect((await ask("/v1/subjects/p", two, { method: "DELETE" })).body.erased.predictions).toBe(0);
  expect((await ask("/v1/subjects/p", one, { method: "DELETE" })).body.erased.predictions).toBe(1);
  expect((await ask("/v1/keys", two)).body.keys.map(({ name }: { name: string }) => name)).toEqual(["b"]);
});

test("a secret of one's own is read back; one that is too short is refused", async () => {
  const { serviceSecret } = await import("./secret.ts");
  const made = await serviceSecret(undefined, folder);
  expect(made).toMatch(/^[0-9a-f]{64}$/);
  expect(await serviceSecret(undefined, folder)).toBe(made);
  expect(statSync(join(folder, "secret")).mode & 0o777).toBe(0o600);
  await expect(serviceSecret("short", folder)).rejects.toMatchObject({ code: "config" });
});

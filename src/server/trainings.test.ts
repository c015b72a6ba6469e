/** Training through the service: real trainings of a few numbers, in processes of their own, on rows made here. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { quickRows } from "../../test/support/quick-rows.ts";
import { tinyFace, tinyText } from "../../test/support/tiny-models.ts";
import { openKeyRing } from "./key-ring.ts";
import { type Service, startService } from "./service.ts";

// Starts processes, which a busy machine may keep waiting.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 });

const folder = mkdtempSync(join(tmpdir(), "affekt-trainings-"));
const WAIT = { timeout: 300_000, interval: 200 };
let service: Service;

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
async function ask(
  path: string,
  method = "GET",
  body?: unknown,
): Promise<{ status: number; body: any; headers: Headers }> {
  const reply = await fetch(`${service.url}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  const isJson = /json/u.test(reply.headers.get("content-type") ?? "");
  return { status: reply.status, body: isJson ? JSON.parse(text) : text, headers: reply.headers };
}

async function start(): Promise<void> {
  service = await startService({
    version: "1.2.3",
    port: 0,
    models: join(folder, "models"),
    dataDir: join(folder, "data"),
    workers: 1,
  });
}

const QUICK = {
  manifest: "quick.jsonl",
  modality: "text",
  labels: ["anger", "joy"],
  epochs: 3,
  advanced: {
    features: { maxTokens: 8, vocabularySize: 300, buckets: 512, ngramLimit: 16 },
    network: { kind: "subword-lstm", tokenDim: 16, hidden: 16 },
    training: { learningRate: 0.01 },
  },
};

async function until(id: string, wanted: (run: { state: string }) => boolean): Promise<void> {
  await vi.waitUntil(async () => wanted((await ask(`/v1/trainings/${id}`)).body), WAIT);
}

beforeAll(async () => {
  mkdirSync(join(folder, "models"));
  writeFileSync(join(folder, "models/text.onnx"), tinyText());
  writeFileSync(join(folder, "models/face.onnx"), tinyFace());
  await start();
});
afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a manifest is added, checked, and says what could be trained", async () => {
  const rows = `${quickRows()}{"id":"broken"}\n`;
  expect((await ask("/v1/manifests", "POST", { name: "quick.jsonl", content: rows })).status).toBe(201);
  expect((await ask("/v1/manifests", "POST", { name: "quick.jsonl", content: rows })).body.code).toBe("conflict");
  const { body } = await ask("/v1/manifests/quick.jsonl");
  expect(body.labels).toEqual({ anger: { none: 120 }, joy: { none: 120 } });
  expect(body.problems).toHaveLength(1);
  expect(body.suggested).toEqual({ modality: "text", labels: ["anger", "joy"], epochs: 10, size: "small" });
});

test("no name, folder or row of a manifest leads out of the data folder", async () => {
  for (const name of ["../x.jsonl", "a/b.jsonl", ".hidden.jsonl", "/etc/x.jsonl", "x.txt"]) {
    expect((await ask("/v1/manifests", "POST", { name, content: "{}" })).body.code).toBe("input");
    expect((await ask(`/v1/manifests/${encodeURIComponent(name)}`)).body.code).toBe("input");
  }
  for (const from of ["..", "../models", "/etc", "a/../..", "a//b"]) {
    expect((await ask("/v1/manifests", "POST", { name: "f.jsonl", folder: from })).body.code).toBe("input");
  }
  for (const image of ["../../models/face.onnx", "/etc/hostname", "a/../../../x.png"]) {
    const content = JSON.stringify({ id: "1", image, label: "joy" });
    expect((await ask("/v1/manifests", "POST", { name: "out.jsonl", content })).body.code).toBe("forbidden");
  }
  expect((await ask("/v1/manifests")).body.manifests.map(({ name }: { name: string }) => name)).toEqual([
    "quick.jsonl",
  ]);
  const start = { ...QUICK, advanced: { training: { start: "/etc/hostname" } } };
  expect((await ask("/v1/trainings", "POST", start)).body.code).toBe("input");
  expect((await ask("/v1/trainings", "POST", { ...QUICK, advanced: { data: [] } })).body.code).toBe("input");
});

test("a training runs, is evaluated, serves in place of the earlier model, which then comes back", async () => {
  const started = await ask("/v1/trainings", "POST", QUICK);
  expect(started.status, JSON.stringify(started.body)).toBe(202);
  const { id } = started.body;
  await until(id, ({ state }) => state !== "queued" && state !== "running");
  const done = (await ask(`/v1/trainings/${id}`)).body;
  expect([done.error, done.state]).toEqual([null, "done"]);
  expect(done.history.map(({ epoch }: { epoch: number }) => epoch)).toEqual([1, 2, 3]);
  expect((await ask(`/v1/trainings/${id}/evaluate`, "POST")).status).toBe(200);
  await vi.waitUntil(async () => (await ask(`/v1/trainings/${id}`)).body.scores !== null, WAIT);
  const report = await ask(`/v1/trainings/${id}/report`);
  expect(report.body).toContain("<html");
  expect(report.headers.get("content-security-policy")).toContain("sandbox");

  const models = async () => (await ask("/v1/models")).body.models.map((one: { id: string }) => one.id);
  expect(await models()).toEqual(["text-tiny", "face-tiny"]);
  const both = { ...QUICK.advanced, features: { ...QUICK.advanced.features, languages: ["en", "zh"] } };
  const other = (await ask("/v1/trainings", "POST", { ...QUICK, advanced: both })).body.id;
  await until(other, ({ state }) => state === "done");
  expect((await ask(`/v1/trainings/${other}/promotion`)).body.replaces[0].id).toBe("text-tiny");
  const promoted = await ask(`/v1/trainings/${other}/promotion`, "POST");
  expect([promoted.status, promoted.body.serving], JSON.stringify(promoted.body)).toEqual([200, true]);
  expect(await models()).toEqual([other, "face-tiny"]);
  const said = await ask("/v1/recognize", "POST", { text: "what a lovely day 7" });
  // The earlier model knows none of these words, and says 0.5 to both.
  expect(said.body.scores[0].label).toBe("joy");
  expect(said.body.scores[0].score, JSON.stringify(said.body)).toBeGreaterThan(0.51);
  expect((await ask(`/v1/trainings/${other}`, "DELETE")).body.code).toBe("conflict");
  expect((await ask(`/v1/trainings/${other}/promotion`, "DELETE")).body.serving).toBe(false);
  expect(await models()).toEqual(["text-tiny", "face-tiny"]);
  expect((await ask(`/v1/trainings/${other}`, "DELETE")).status).toBe(200);
});

test("a model that would not be asked beside the one that serves is not promoted, and nothing changes", async () => {
  await ask("/v1/manifests", "POST", { name: "a-rather-long-name.jsonl", content: quickRows() });
  const { id } = (await ask("/v1/trainings", "POST", { ...QUICK, manifest: "a-rather-long-name.jsonl" })).body;
  await until(id, ({ state }) => state === "done");
  // It reads English only, and the one that serves reads Chinese too and has the shorter name.
  expect((await ask(`/v1/trainings/${id}/promotion`)).body.replaces).toEqual([]);
  expect((await ask(`/v1/trainings/${id}/promotion`, "POST")).body.code).toBe("conflict");
  expect((await ask("/v1/models")).body.models.map((one: { id: string }) => one.id)).toEqual([
    "text-tiny",
    "face-tiny",
  ]);
});

test("a training that the end of the service cut off goes on from its last epoch; a cancelled one can be resumed", async () => {
  const { id } = (await ask("/v1/trainings", "POST", { ...QUICK, epochs: 60 })).body;
  const later = (await ask("/v1/trainings", "POST", QUICK)).body.id;
  await vi.waitUntil(async () => (await ask(`/v1/trainings/${id}`)).body.history.length > 1, WAIT);
  await service.close();
  // As if that had been a container, which is made anew under another name.
  const lock = join(folder, "data/trainings", id, "affekt.lock");
  writeFileSync(lock, JSON.stringify({ ...JSON.parse(readFileSync(lock, "utf8")), host: "a-container-before" }));
  await start();
  const again = (await ask(`/v1/trainings/${id}`)).body;
  expect(again.history.length).toBeGreaterThan(1);
  expect(again.history.length).toBeLessThan(60);
  await vi.waitUntil(async () => (await ask(`/v1/trainings/${id}`)).body.history.length > again.history.length, WAIT);
  expect((await ask(`/v1/trainings/${later}`)).body.state).toBe("queued");
  expect((await ask(`/v1/trainings/${id}/cancel`, "POST")).body.state).toBe("cancelled");
  await until(later, ({ state }) => state === "done");
  expect((await ask(`/v1/trainings/${id}/resume`, "POST")).body.state).toBe("queued");
  await until(id, ({ state }) => state === "running");
  expect((await ask(`/v1/trainings/${id}/cancel`, "POST")).body.state).toBe("cancelled");
});

test("only an admin key of the service's own owner may train", async () => {
  await service.close();
  const ring = await openKeyRing({ dataDir: join(folder, "data") });
  const own = await ring.add({ name: "own", owner: "local", scopes: ["admin"] });
  const reader = await ring.add({ name: "reader", owner: "local", scopes: ["read", "recognize"] });
  const tenant = await ring.add({ name: "tenant", owner: "tenant", scopes: ["admin", "read", "recognize"] });
  await ring.close();
  await start();
  const { paths } = (await ask("/openapi.json")).body as { paths: Record<string, Record<string, unknown>> };
  const addresses = Object.entries(paths).flatMap(([path, methods]) =>
    /^\/v1\/(?:manifests|trainings)/u.test(path) ? Object.keys(methods).map((method) => ({ path, method })) : [],
  );
  expect(addresses.length).toBeGreaterThan(12);
  const bodies: Record<string, unknown> = {
    "/v1/manifests": { name: "tenant.jsonl", content: quickRows(3) },
    "/v1/trainings": QUICK,
  };
  for (const { path, method } of addresses) {
    const body = method === "post" ? bodies[path] : undefined;
    const as = (key?: string) =>
      fetch(`${service.url}${path.replace("{id}", "quick-1").replace("{name}", "quick.jsonl")}`, {
        method: method.toUpperCase(),
        headers: {
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const statuses = [await as(), await as(reader), await as(tenant)].map(({ status }) => status);
    expect(statuses, `${method} ${path}`).toEqual([401, 403, 403]);
  }
  const listed = await fetch(`${service.url}/v1/manifests`, { headers: { authorization: `Bearer ${own}` } });
  expect(await listed.text()).toContain("quick.jsonl");
});

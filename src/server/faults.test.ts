/** What the service does when too much is asked of it, and when what it stands on goes away. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { hasPostgres, startPostgres } from "../../test/support/postgres.ts";
import { tinyText } from "../../test/support/tiny-models.ts";
import { type Service, type ServiceOptions, startService } from "./service.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const models = mkdtempSync(join(tmpdir(), "affekt-faults-"));
beforeAll(() => writeFileSync(join(models, "text.onnx"), tinyText()));
afterAll(() => rmSync(models, { recursive: true, force: true }));

async function start(options: Partial<ServiceOptions> = {}): Promise<Service> {
  const service = await startService({ version: "1.2.3", port: 0, models, workers: 1, ...options });
  onTestFinished(() => service.close());
  return service;
}

function post(service: Service, body: unknown, init: RequestInit = {}): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(`${service.url}/v1/recognize`, { method: "POST", headers, body: JSON.stringify(body), ...init });
}

const status = async (service: Service, path: string) => (await fetch(`${service.url}${path}`)).status;
const ready = (service: Service) =>
  vi.waitUntil(async () => (await status(service, "/ready")) === 200, { timeout: 100_000, interval: 200 });

test("what is not answered in time is told so, and what nobody waits for is forgotten", async () => {
  // Asked at once: no process can have started within the deadline.
  const service = await start({ limits: { deadlineMs: 100 } });
  const late = await post(service, { text: "😀" });
  expect(late.status).toBe(504);
  expect(await late.json()).toMatchObject({ code: "deadline" });

  const patient = await start();
  const gone = new AbortController();
  const asked = post(patient, { text: "😀" }, { signal: gone.signal }).catch((error: Error) => error.name);
  await vi.waitUntil(() => patient.load().waiting === 1, { timeout: 100_000 });
  gone.abort();
  expect(await asked).toBe("AbortError");
  await vi.waitUntil(() => patient.load().waiting === 0, { timeout: 100_000 });
});

test("200 clients at once get an answer or are sent away at once, and afterwards all is well", async () => {
  const service = await start({ limits: { waiting: 8 } });
  await ready(service);
  const replies = await Promise.all(Array.from({ length: 200 }, () => post(service, { text: "😀" })));
  const bodies = await Promise.all(replies.map((reply) => reply.json() as Promise<{ code?: string; label?: string }>));
  expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set([200, 503]));
  for (const [index, reply] of replies.entries()) {
    if (reply.status === 200) expect(bodies[index]?.label).toBe("joy");
    else {
      expect(bodies[index]?.code).toBe("busy");
      expect(Number(reply.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    }
  }
  expect(service.load()).toMatchObject({ waiting: 0, running: 0 });
  expect((await post(service, { text: "😀" })).status).toBe(200);
  // A batch that could never fit is no matter of waiting.
  expect((await post(service, { inputs: Array(9).fill({ text: "😀" }) })).status).toBe(503);

  const many = await start({ limits: { bodyBytes: 1_000, bytesInFlight: 1_000 } });
  const socket = connect(Number(new URL(many.url).port), "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.on("error", () => {});
  // Announces 900 bytes and sends none of them.
  socket.write(
    "POST /v1/recognize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n",
  );
  const asked = async () => (await post(many, { text: "a".repeat(500) })).status;
  await vi.waitUntil(async () => (await asked()) === 503, { timeout: 100_000 });
  socket.destroy();
  await vi.waitUntil(async () => (await asked()) === 200, { timeout: 100_000 });
});

test("a request that is being answered is answered, though the service is told to stop", async () => {
  const service = await start();
  await ready(service);
  const asked = post(service, { inputs: Array(64).fill({ text: "😀" }) }).then((reply) => reply.json());
  await vi.waitUntil(() => service.load().running > 0 || service.load().waiting > 0, { interval: 1, timeout: 100_000 });
  await service.close();
  const { results } = (await asked) as { results: { status: string }[] };
  expect(results.filter(({ status: one }) => one === "ok")).toHaveLength(64);
  await expect(status(service, "/health")).rejects.toThrow("fetch failed");
});

if (!hasPostgres) console.log("skipped: the database goes away (apt install postgresql)");
test.skipIf(!hasPostgres || process.env.AFFEKT_TEST_DATABASE_URL !== undefined)(
  "while the database is away requests that need it fail fast with 503, and then it goes on by itself",
  async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const service = await start({ databaseUrl: server.url });
    await ready(service);
    expect((await post(service, { text: "😀", subject: "p" })).status).toBe(200);
    await server.crash?.();
    const refused = await post(service, { text: "😀", subject: "p" });
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).not.toBeNull();
    expect(await refused.json()).toMatchObject({ code: "unavailable" });
    expect(await status(service, "/ready")).toBe(503);
    expect(await status(service, "/health")).toBe(200);
    // What need not be kept needs no database.
    expect((await post(service, { text: "😀", keep: false })).status).not.toBe(500);
    server.restart?.();
    await ready(service);
    expect((await post(service, { text: "😡", subject: "p" })).status).toBe(200);
    const kept = (await (await fetch(`${service.url}/v1/predictions?subject=p`)).json()) as { predictions: unknown[] };
    expect(kept.predictions).toHaveLength(2);
  },
);

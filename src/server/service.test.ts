/** The real server on a free port, real processes, networks of a few numbers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openApiCheck } from "../../test/support/openapi-check.ts";
import { tinyFace, tinyText } from "../../test/support/tiny-models.ts";
import { type Service, startService } from "./service.ts";

// Starts processes, which a busy machine may keep waiting.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

const folder = mkdtempSync(join(tmpdir(), "affekt-serve-"));
const log: string[] = [];
let service: Service;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly body: any;
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const reply = await fetch(`${service.url}${path}`, init);
  const text = await reply.text();
  const isJson = /json/.test(reply.headers.get("content-type") ?? "");
  return { status: reply.status, headers: reply.headers, body: isJson ? JSON.parse(text) : text };
}

function post(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return ask("/v1/recognize", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

beforeAll(async () => {
  const models = join(folder, "models");
  mkdirSync(models);
  writeFileSync(join(models, "text.onnx"), tinyText());
  writeFileSync(join(models, "face.onnx"), tinyFace());
  service = await startService({
    version: "1.2.3",
    port: 0,
    models,
    workers: 1,
    limits: { bodyBytes: 200_000, textCharacters: 100, maxPixels: 10_000 },
    log: { write: (line) => void log.push(line) },
  });
  await vi.waitUntil(async () => (await ask("/ready")).status === 200, { timeout: 500_000, interval: 200 });
});

afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("POST /v1/recognize", () => {
  test("answers a text with a prediction that has a name and a date", async () => {
    const { status, body } = await post({ text: "😀", subject: "p-1" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ label: "joy", subject: "p-1", modalities: { text: { present: true, weight: 1 } } });
    // One smile: joy 1, anger 0; e / (e + 1)
    expect(body.confidence).toBeCloseTo(Math.E / (Math.E + 1), 5);
    expect(body.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Date(body.createdAt).toISOString()).toBe(body.createdAt);
  });

  test("answers a batch in order; one that fails does not stop the rest", async () => {
    const { status, body } = await post({ inputs: [{ text: "😀" }, { text: "" }, { text: "😡" }] });
    expect(status).toBe(200);
    expect(body.results.map((result: { prediction?: { label: string } }) => result.prediction?.label)).toEqual([
      "joy",
      undefined,
      "anger",
    ]);
    expect(body.results[1]).toMatchObject({ status: "error", problem: { code: "input" } });
  });

  test("takes the same as multipart, where several values of one field make a batch", async () => {
    const one = new FormData();
    one.set("text", "😡");
    one.set("modalities", "text");
    expect((await ask("/v1/recognize", { method: "POST", body: one })).body.label).toBe("anger");
    const many = new FormData();
    many.append("text", "😀");
    many.append("text", "😡");
    many.set("subject", "p-2");
    const { body } = await ask("/v1/recognize", { method: "POST", body: many });
    expect(body.results.map((result: { prediction: unknown }) => result.prediction)).toMatchObject([
      { label: "joy", subject: "p-2" },
      { label: "anger", subject: "p-2" },
    ]);
  });

  test("sees a picture without a face, in base64 and as a file", async () => {
    const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: "grey" } })
      .png()
      .toBuffer();
    expect(await post({ image: png.toString("base64") })).toMatchObject({ status: 422, body: { code: "no-face" } });
    const form = new FormData();
    form.set("image", new Blob([new Uint8Array(png)]), "a.png");
    expect(await ask("/v1/recognize", { method: "POST", body: form })).toMatchObject({
      status: 422,
      body: { code: "no-face" },
    });
  });

  test("uses what is of use beside what is not", async () => {
    const { status, body } = await post({ text: "😀", audio: Buffer.from("no sound").toString("base64") });
    expect(status).toBe(200);
    expect(body.modalities.speech).toMatchObject({ present: false, code: "model" });
  });

  test("answers again after the process that recognizes was killed in the middle of requests", async () => {
    const [before] = service.pids();
    const asked = Promise.all(
      Array.from({ length: 20 }, async () => {
        const answer = await post({ text: "😀" });
        return answer.status;
      }),
    );
    process.kill(before as number, "SIGKILL");
    expect(new Set(await asked)).toEqual(new Set([200]));
    await expect.poll(() => service.pids().some((pid) => pid !== before)).toBe(true);
    expect((await ask("/metrics")).body).toContain("affekt_workers_lost_total 1");
  });

  test("takes up new models without dropping a request", async () => {
    const before = service.pids();
    let done = false;
    const statuses: number[] = [];
    const clients = Array.from({ length: 4 }, async () => {
      while (!done) statuses.push((await post({ text: "😀" })).status);
    });
    await service.reload?.();
    done = true;
    await Promise.all(clients);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await expect.poll(() => service.pids().some((pid) => before.includes(pid))).toBe(false);
    const broken = join(folder, "models", "broken.onnx");
    writeFileSync(broken, "no network");
    await expect(service.reload?.()).rejects.toMatchObject({ code: expect.stringMatching(/model|contract/) });
    rmSync(broken);
    expect((await post({ text: "😀" })).status).toBe(200);
  });
});

describe("what is kept", () => {
  test("is listed newest first, page by page, by subject, and goes with its subject", async () => {
    for (const text of ["😀", "😡", "😀"]) await post({ text, subject: "kept", session: "s" });
    await post({ text: "😀", subject: "kept", keep: false });
    const first = (await ask("/v1/predictions?subject=kept&limit=2")).body;
    const second = (await ask(`/v1/predictions?subject=kept&limit=2&cursor=${first.next}`)).body;
    const labels = [...first.predictions, ...second.predictions].map(({ label }: { label: string }) => label);
    expect(labels).toEqual(["joy", "anger", "joy"]);
    expect(second.next).toBeNull();
    expect((await ask("/v1/predictions?subject=kept&label=anger")).body.predictions).toHaveLength(1);
    expect((await ask("/v1/predictions?subject=kept&to=2026-01-01T00:00:00Z")).body.predictions).toEqual([]);

    const { status, body } = await ask("/v1/subjects/kept", { method: "DELETE" });
    expect(status).toBe(200);
    expect(body.erased).toMatchObject({ predictions: 3, sessions: 1, subjects: 1 });
    expect(Object.values(body.remaining).every((rows) => rows === 0)).toBe(true);
    expect((await ask("/v1/predictions?subject=kept")).body.predictions).toEqual([]);
  });

  test("a wrong filter, page or cursor is refused", async () => {
    for (const query of ["limit=0", "limit=x", "from=yesterday", "cursor=abc", "no-such=1", "subject=%00"]) {
      expect(await ask(`/v1/predictions?${query}`), query).toMatchObject({ status: 400, body: { code: "input" } });
    }
  });

  test("an Idempotency-Key gets the first answer again, and refuses another body", async () => {
    const headers = { "idempotency-key": "key-1" };
    const first = await post({ text: "😀", subject: "again" }, headers);
    const second = await post({ text: "😀", subject: "again" }, headers);
    expect(second.body).toEqual(first.body);
    expect((await ask("/v1/predictions?subject=again")).body.predictions).toHaveLength(1);
    expect(await post({ text: "😡", subject: "again" }, headers)).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
    // What failed is not remembered.
    const wrong = { "idempotency-key": "key-2" };
    expect((await post({ text: "" }, wrong)).status).toBe(400);
    expect((await post({ text: "😀" }, wrong)).status).toBe(200);
    const { body } = await ask("/v1/subjects/again", { method: "DELETE" });
    expect(body.erased).toMatchObject({ predictions: 1, idempotencyKeys: 1 });
  });
});

describe("bad requests end in a problem document that names what is wrong", () => {
  const cases: [string, unknown, Record<string, string>, number, string][] = [
    ["malformed JSON", '{"text": ', {}, 400, "input"],
    ["an empty body", "", {}, 400, "input"],
    ["a wrong type", { text: 5 }, {}, 400, "input"],
    ["an unknown field", { texte: "hello" }, {}, 400, "input"],
    ["an address instead of a file", { image: "http://127.0.0.1/a.png" }, {}, 400, "input"],
    ["a file of 0 bytes", { image: "" }, {}, 400, "input"],
    ["nothing to recognize", {}, {}, 422, "no-modality"],
    ["no utterance in a batch", { inputs: [] }, {}, 400, "input"],
    ["65 utterances", { inputs: Array(65).fill({ text: "😀" }) }, {}, 400, "input"],
    ["a text that is too long", { text: "a".repeat(101) }, {}, 400, "input"],
    ["a file that is no picture", { image: Buffer.from("no picture").toString("base64") }, {}, 422, "media"],
    ["a body that is too large", { text: "a".repeat(200_001) }, {}, 413, "limit"],
    ["a content type that is not taken", "hello", { "content-type": "text/plain" }, 415, "content-type"],
    ["a cut multipart body", "--x\r\nContent-", { "content-type": "multipart/form-data; boundary=x" }, 400, "input"],
    ["a page of another site", { text: "😀" }, { origin: "https://example.com" }, 403, "forbidden"],
    ["a wrong Idempotency-Key", { text: "😀" }, { "idempotency-key": "a b" }, 400, "input"],
  ];
  test.each(cases)("%s", async (_name, body, headers, status, code) => {
    const answer = await post(body, headers);
    expect(answer.body).toMatchObject({ status, code, type: `urn:affekt:problem:${code}` });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.body.instance).toBe(answer.headers.get("x-request-id"));
  });

  test("a picture of too many pixels", async () => {
    const png = await sharp({ create: { width: 200, height: 100, channels: 3, background: "grey" } })
      .png()
      .toBuffer();
    expect(await post({ image: png.toString("base64") })).toMatchObject({ status: 413, body: { code: "limit" } });
  });

  test("every wrong field has a pointer", async () => {
    const { body } = await post({ inputs: [{ text: "a" }, { text: 5, subject: "" }] });
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      "/inputs/1/text",
      "/inputs/1/subject",
    ]);
  });

  test("an address that there is not", async () => {
    expect(await ask("/v1/nothing")).toMatchObject({ status: 404, body: { code: "not-found" } });
  });

  test("another host name than this machine's: a rebound address", async () => {
    const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
    let said = "";
    socket.on("data", (piece) => {
      said += String(piece);
    });
    socket.end("GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    await new Promise((resolve) => socket.once("close", resolve));
    expect(said).toContain("403 Forbidden");
  });
});

const FUZZ_RUNS = Number(process.env.AFFEKT_FUZZ_RUNS ?? 150);
describe("whatever is sent, the service does not fail", { timeout: 300_000 + FUZZ_RUNS * 1_000 }, () => {
  const numRuns = FUZZ_RUNS;
  const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: "binary", maxLength: 30 }));
  const utterance = {
    text: fc.oneof(fc.string({ unit: "binary", maxLength: 120 }), odd),
    image: fc.oneof(fc.base64String({ maxLength: 40 }), odd),
    subject: odd,
    session: odd,
    keep: fc.oneof(fc.boolean(), odd),
    modalities: fc.oneof(fc.subarray(["text", "face", "speech"]), odd),
  };
  const optional = { requiredKeys: [] };
  const bodies = fc.oneof(
    odd,
    fc.record(utterance, optional),
    fc.record({ text: fc.string({ maxLength: 20 }), subject: fc.string({ unit: "binary", maxLength: 5 }) }),
    fc.record({ inputs: fc.array(fc.record(utterance, optional), { maxLength: 3 }), keep: fc.boolean() }, optional),
  );

  test("bodies", async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const answer = await post(body);
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
      }),
      { numRuns },
    );
  });

  test("jobs, feedback and consents", async () => {
    const job = fc.record(
      {
        inputs: fc.oneof(fc.array(fc.record({ id: odd, ...utterance }, optional), { maxLength: 2 }), odd),
        keepMediaDays: fc.oneof(fc.integer(), odd),
        modalities: utterance.modalities,
      },
      optional,
    );
    const lines = fc.array(fc.oneof(fc.json({ maxDepth: 2 }), fc.string({ unit: "binary", maxLength: 20 })));
    const sent = fc.oneof(
      fc.tuple(
        fc.constant("/v1/jobs"),
        fc.constant("application/json"),
        job.map((body) => JSON.stringify(body)),
      ),
      fc.tuple(
        fc.constant("/v1/jobs"),
        fc.constant("application/x-ndjson"),
        lines.map((own) => own.join("\n")),
      ),
      fc.tuple(
        fc.constantFrom("/v1/feedback", "/v1/consents", "/v1/jobs", "/v1/keys"),
        fc.constantFrom("application/json", "multipart/form-data; boundary=x", "text/plain"),
        fc.oneof(fc.json({ maxDepth: 2 }), fc.string({ unit: "binary", maxLength: 40 })),
      ),
    );
    await fc.assert(
      fc.asyncProperty(sent, async ([path, type, body]) => {
        const answer = await ask(path, { method: "POST", headers: { "content-type": type }, body });
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    );
  });

  test("queries and paths", async () => {
    const value = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 12 }),
      fc.constantFrom("\0", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:00", "1e9", "-1", "%", "WyIiLCIiXQ"),
    );
    const query = { from: value, to: value, subject: value, session: value, label: value, limit: value, cursor: value };
    await fc.assert(
      fc.asyncProperty(fc.record(query, optional), value, async (asked, id) => {
        const answer = await ask(`/v1/predictions?${new URLSearchParams(asked)}`);
        expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500);
        const path = encodeURIComponent(id);
        for (const [address, method] of [
          [`/v1/subjects/${path}`, "DELETE"],
          [`/v1/jobs/${path}`, "GET"],
          [`/v1/jobs/${path}/results?${new URLSearchParams({ format: id })}`, "GET"],
          [`/v1/jobs?${new URLSearchParams({ cursor: id, limit: id })}`, "GET"],
          [`/v1/feedback?${new URLSearchParams({ cursor: id, reviewed: id })}`, "GET"],
          [`/v1/consents/${path}/withdraw`, "POST"],
        ] as const) {
          const other = await ask(address, { method });
          expect(other.status, `${address} ${JSON.stringify(other.body)}`).toBeLessThan(500);
        }
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    );
    expect(await ask("/v1/subjects/%zz", { method: "DELETE" })).toMatchObject({ status: 400, body: { code: "input" } });
  });
});

describe("POST /v1/explain", () => {
  const explain = (body: unknown): Promise<Answer> =>
    ask("/v1/explain", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  test("answers with points for each word, as the OpenAPI document says, and keeps nothing", async () => {
    const kept = async (): Promise<number> => (await ask("/v1/predictions?limit=500")).body.predictions.length;
    await post({ text: "😀" });
    const before = await kept();
    const { status, body } = await explain({ text: "😀 😡", label: "joy" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ label: "joy", prediction: { modalities: { text: { present: true } } } });
    expect(body.text.parts.map((part: { points: number }) => Math.sign(part.points))).toEqual([1, -1]);
    const document = openApiCheck((await ask("/openapi.json")).body);
    expect(() => document.reply("POST", "/v1/explain", 200).parse(body)).not.toThrow();
    expect(before).toBeGreaterThan(0);
    expect(await kept()).toBe(before);
  });

  test("takes a picture as a file beside a text, and explains both and how they add up", async () => {
    const face = await sharp({ create: { width: 64, height: 64, channels: 3, background: "#fff" } })
      .png()
      .toBuffer();
    const form = new FormData();
    form.set("text", "😀");
    form.set("image", new Blob([new Uint8Array(face)]), "face.png");
    const { status, body } = await ask("/v1/explain", { method: "POST", body: form });
    expect(status).toBe(200);
    // A white square is no face: the text stays alone.
    expect(body.prediction.modalities.face).toMatchObject({ present: false });
    expect(body).not.toHaveProperty("modalities");
  });

  test.each([
    [{ text: "😀", label: "hunger" }, 400, "label"],
    [{}, 422, "no-modality"],
    [{ text: "😀", session: "call-1" }, 400, "input"],
    [{ text: "a".repeat(101) }, 400, "input"],
  ])("refuses %j with %i %s", async (sent, status, code) => {
    expect(await explain(sent)).toMatchObject({ status, body: { code } });
  });
});

describe("around it", () => {
  test("GET /v1/models names the models in use", async () => {
    const { body } = await ask("/v1/models");
    expect(body.models.map(({ id }: { id: string }) => id)).toEqual(["text-tiny", "face-tiny"]);
  });

  test("GET /openapi.json describes every address and names its schemas", async () => {
    const { body } = await ask("/openapi.json");
    expect(body.openapi).toBe("3.1.0");
    const recognize = body.paths["/v1/recognize"].post;
    expect(recognize.requestBody.content["application/json"].schema.anyOf).toEqual([
      { $ref: "#/components/schemas/Utterance" },
      { $ref: "#/components/schemas/Batch" },
    ]);
    expect(recognize.requestBody.content["multipart/form-data"].schema.properties.image).toMatchObject({
      contentMediaType: "application/octet-stream",
    });
    expect(Object.keys(recognize.responses)).toEqual(
      expect.arrayContaining(["200", "400", "401", "413", "503", "507"]),
    );
    const named = JSON.stringify(body).match(/#\/components\/schemas\/\w+/g) ?? [];
    for (const name of new Set(named)) expect(body.components.schemas).toHaveProperty(name.split("/")[3] as string);
  });

  test("GET /docs is a page that asks no other host for anything", async () => {
    const { body, headers } = await ask("/docs");
    expect(body).toContain("/v1/recognize");
    expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
  });

  test("GET /health and /metrics answer; headers are strict", async () => {
    const { body, headers } = await ask("/health");
    expect(body).toEqual({ status: "ok", version: "1.2.3" });
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect((await ask("/metrics")).body).toMatch(/affekt_http_request_seconds_count\{route="\/health"/);
  });

  test("logs say what was asked and never what was in it", async () => {
    await post({ text: "a secret 😀", subject: "subject-7" });
    await expect.poll(() => log.some((line) => line.includes('"route":"/v1/recognize"'))).toBe(true);
    expect(log.join("")).not.toMatch(/secret|subject-7|😀/u);
    for (const line of log) expect(() => JSON.parse(line)).not.toThrow();
  });
});

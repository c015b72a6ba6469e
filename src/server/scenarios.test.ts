/** Scenarios on the real service: requests, jobs and streams keep to their rules. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { streamClient } from "../../test/support/stream-client.ts";
import { tinyFace, tinyText } from "../../test/support/tiny-models.ts";
import { loadScenarios } from "../platform/node/scenario-files.ts";
import { type Service, startService } from "./service.ts";

// Starts processes, which a busy machine may keep waiting.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

const folder = mkdtempSync(join(tmpdir(), "affekt-scenarios-"));
const own = join(folder, "scenarios");
let service: Service;

const care = JSON.parse(readFileSync(new URL("../../scenarios/care.json", import.meta.url), "utf8")) as {
  alerts: Record<string, unknown>[];
};
const rule = { title: { en: "It appears so", zh: "似乎如此" }, advice: { en: "Look", zh: "请查看" } };
/** Two angry texts over three seconds: one smile or frown has a probability of 0.73. */
const chat = {
  ...care,
  id: "chat",
  setting: "service",
  modalities: ["text"],
  labels: ["anger", "joy"],
  smoothing: { halfLifeSeconds: 1 },
  alerts: [
    { ...rule, id: "joy", kind: "level", labels: ["joy"], atLeast: 0.7, coolDownSeconds: 0 },
    { ...rule, id: "anger", kind: "sustained", labels: ["anger"], atLeast: 0.7, forSeconds: 3, coolDownSeconds: 60 },
  ],
  abstainBelow: 0,
  keep: { what: "alerts", days: 2, mediaDays: 1 },
  consent: { required: false },
};
/** Where the law needs a reason that nobody has to agree to. */
const shift = { ...chat, id: "shift", setting: "workplace", modalities: ["text", "face"], alerts: [] };

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
type Answer = { status: number; body: any };

async function ask(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const sent = { method: "POST", headers: { "content-type": "application/json", ...headers } };
  const init = body === undefined ? {} : { ...sent, body: JSON.stringify(body) };
  const reply = await fetch(`${service.url}${path}`, init);
  const text = await reply.text();
  return { status: reply.status, body: text.startsWith("{") && !text.includes("\n") ? JSON.parse(text) : text };
}

async function agree(subject: string, purpose: string, more: Record<string, string> = {}): Promise<string> {
  const consent = { subject, purpose, jurisdiction: "US-CA", basis: "consent", ...more };
  return (await ask("/v1/consents", consent)).body.id;
}

const kept = async (query: string) => (await ask(`/v1/predictions?${query}`)).body.predictions;

async function finishedJob(body: Record<string, unknown>) {
  const { status, body: job } = await ask("/v1/jobs", body);
  expect(status).toBe(202);
  const done = await vi.waitUntil(
    async () => {
      const { body: now } = await ask(`/v1/jobs/${job.id}`);
      return now.state === "running" ? undefined : now;
    },
    { timeout: 200_000, interval: 50 },
  );
  const { body: lines } = await ask(`/v1/jobs/${job.id}/results`);
  const text = typeof lines === "string" ? lines : JSON.stringify(lines);
  return {
    job: done,
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
    results: text
      .trim()
      .split("\n")
      .map((line): any => JSON.parse(line)),
  };
}

beforeAll(async () => {
  const models = join(folder, "models");
  mkdirSync(models);
  mkdirSync(own);
  writeFileSync(join(models, "text.onnx"), tinyText());
  writeFileSync(join(models, "face.onnx"), tinyFace());
  writeFileSync(join(own, "chat.json"), JSON.stringify(chat));
  writeFileSync(join(own, "shift.json"), JSON.stringify(shift));
  service = await startService({
    version: "1.2.3",
    port: 0,
    models,
    workers: 1,
    streamWorkers: 1,
    streamLimits: { heartbeatMs: 2_000 },
    scenarios: own,
  });
  await service.warmStreams();
});

afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("shipped scenarios and those of the folder are listed with all that they say", async () => {
  const { body } = await ask("/v1/scenarios");
  const ids = body.scenarios.map(({ id }: { id: string }) => id);
  expect(ids).toEqual(["care", "customer-service", "education", "marketing", "chat", "shift"]);
  expect(body.scenarios[0]).toEqual({ ...care, labels: "ekman7" });
});

describe("POST /v1/recognize", () => {
  test("answers with the scenario's labels and alerts, and keeps what raised one, for its days", async () => {
    const joy = await ask("/v1/recognize", { text: "😀", scenario: "chat", session: "s-1" });
    expect(joy.body).toMatchObject({ label: "joy", scenario: "chat", alerts: [{ rule: "joy", limit: 0.7 }] });
    const anger = await ask("/v1/recognize", { text: "😡", scenario: "chat", session: "s-1" });
    expect(anger.body).toMatchObject({ label: "anger", alerts: [] });
    await ask("/v1/recognize", { text: "😀", session: "s-1" });
    expect(await kept("session=s-1&scenario=chat")).toEqual([joy.body]);
    expect(await kept("session=s-1")).toHaveLength(2);
  });

  test("a scenario that is not there, or looks at something else, is told so", async () => {
    expect((await ask("/v1/recognize", { text: "a", scenario: "casino" })).body.code).toBe("not-found");
    const other = await ask("/v1/recognize", { text: "a", scenario: "chat", modalities: ["face"] });
    expect(other).toMatchObject({ status: 403, body: { code: "policy" } });
  });

  test("of whom no consent is there, nothing is looked at; one in a batch is enough to refuse it", async () => {
    const asked = { text: "😀", scenario: "care", subject: "p-1" };
    expect((await ask("/v1/recognize", { text: "😀", scenario: "care" })).body).toMatchObject({
      code: "policy",
      detail: expect.stringContaining("not named"),
    });
    expect((await ask("/v1/recognize", asked)).body.code).toBe("policy");
    await agree("p-1", "something else");
    expect((await ask("/v1/recognize", asked)).body.code).toBe("policy");
    const id = await agree("p-1", "care");
    expect(await ask("/v1/recognize", asked)).toMatchObject({ status: 200, body: { label: "joy", scenario: "care" } });
    const both = {
      inputs: [
        { text: "😀", subject: "p-1" },
        { text: "😀", subject: "p-2" },
      ],
      scenario: "care",
    };
    expect((await ask("/v1/recognize", both)).body).toMatchObject({
      code: "policy",
      detail: expect.stringContaining("p-2"),
    });
    await ask(`/v1/consents/${id}/withdraw`, {});
    expect((await ask("/v1/recognize", asked)).body.code).toBe("policy");
  });

  test("faces in education are refused in the European Union without a medical or safety reason; text is not", async () => {
    const image = Buffer.from("no picture").toString("base64");
    const asked = (subject: string) => ask("/v1/recognize", { image, scenario: "education", subject });
    await agree("e-1", "education", { jurisdiction: "DE" });
    expect((await asked("e-1")).body).toMatchObject({
      status: 403,
      code: "policy",
      detail: expect.stringContaining("Article 5(1)(f)"),
    });
    const text = { text: "😀", scenario: "education", subject: "e-1" };
    expect((await ask("/v1/recognize", text)).status).toBe(200);
    await agree("e-2", "education", { jurisdiction: "DE", basis: "medical" });
    await agree("e-3", "education");
    // Allowed, and then it is no picture.
    for (const subject of ["e-2", "e-3"]) expect((await asked(subject)).body.code).toBe("media");
  });

  test("of a scenario that keeps nothing, nothing is kept, not even for a repeated request", async () => {
    await agree("e-4", "education");
    const asked = { text: "😀", scenario: "education", subject: "e-4" };
    const [first, again] = [
      await ask("/v1/recognize", asked, { "idempotency-key": "once" }),
      await ask("/v1/recognize", asked, { "idempotency-key": "once" }),
    ];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body.id).not.toBe(first.body.id);
    expect(await kept("subject=e-4")).toEqual([]);
  });

  test("where alerts are kept, only an answer that raised one is remembered for a repeated request", async () => {
    const twice = async (name: string, text: string) => {
      const sent = () => ask("/v1/recognize", { text, scenario: "chat" }, { "idempotency-key": `alerts-${name}` });
      return [(await sent()).body.id, (await sent()).body.id];
    };
    const [[joy, joyAgain], [anger, angerAgain]] = [await twice("joy", "😀"), await twice("anger", "😡")];
    expect(joyAgain).toBe(joy);
    expect(angerAgain).not.toBe(anger);
  });
});

describe("jobs", () => {
  test("carry their scenario to whoever works on them", async () => {
    const inputs = [{ text: "😀" }, { text: "😡" }].map((one) => ({ ...one, session: "job-1" }));
    const { job, results } = await finishedJob({ inputs, scenario: "chat" });
    expect(job).toMatchObject({ state: "done", scenario: "chat", counts: { done: 2 } });
    expect(results).toMatchObject([
      { prediction: { label: "joy", scenario: "chat", alerts: [{ rule: "joy" }] } },
      { prediction: { label: "anger", scenario: "chat", alerts: [] } },
    ]);
    expect(await kept("session=job-1")).toMatchObject([{ label: "joy", scenario: "chat" }]);
  });

  test("need the consent of everybody, and media are kept no longer than the scenario says", async () => {
    const refused = [
      { inputs: [{ text: "😀", subject: "nobody" }], scenario: "care" },
      { inputs: [{ text: "😀" }], scenario: "chat", keepMediaDays: 2 },
    ];
    for (const body of refused) expect(await ask("/v1/jobs", body)).toMatchObject({ status: 403 });
    await agree("j-1", "care");
    const { results } = await finishedJob({ inputs: [{ text: "😀", subject: "j-1" }], scenario: "care" });
    expect(results).toMatchObject([{ state: "done", prediction: { scenario: "care" } }]);
  });
});

describe("streams", () => {
  async function opened(options: Record<string, unknown>) {
    const client = await streamClient(service.url);
    client.json({ type: "open", ...options });
    return client;
  }

  test("say alerts as numbered events, put them into the results, and keep those", async () => {
    const client = await opened({ scenario: "chat", session: "st-1" });
    for (const at of [0, 2]) client.json({ type: "text", text: "😡", startMs: at * 1000, endMs: at * 1000 + 1_500 });
    const alert = await client.until(({ type }) => type === "alert");
    expect(alert).toMatchObject({
      scenario: "chat",
      rule: "anger",
      speaker: "1",
      utterance: 2,
      startMs: 0,
      endMs: 3500,
    });
    client.json({ type: "finish" });
    await client.closed;
    const finals = client.of("final");
    expect(finals.map(({ prediction }) => prediction.alerts.length)).toEqual([0, 1]);
    expect(alert.seq).toBe(finals[1].seq + 1);
    expect(await kept("session=st-1")).toEqual([finals[1].prediction]);
  });

  test("are refused without a consent, end when it is withdrawn, and take no unnamed speakers", async () => {
    const refused = await opened({ scenario: "care", modalities: ["text"], subject: "st-2" });
    expect((await refused.until(({ type }) => type === "problem")).problem.code).toBe("policy");
    expect(await refused.closed).toMatchObject({ code: 1008 });
    const id = await agree("st-2", "care");
    const client = await opened({ scenario: "care", modalities: ["text"], subjects: { anna: "st-2" } });
    client.json({ type: "text", text: "😀", speaker: "anna" });
    await client.until(({ type }) => type === "final");
    client.json({ type: "text", text: "😀", speaker: "ben" });
    expect((await client.until(({ type }) => type === "problem")).problem.detail).toContain("ben");
    await ask(`/v1/consents/${id}/withdraw`, {});
    expect(await client.closed).toEqual({ code: 1008, reason: "policy" });
    expect(client.messages.at(-1).problem.code).toBe("policy");
  });

  test("look at nobody whom they do not name where the law needs a reason of each", async () => {
    await agree("w-1", "shift", { jurisdiction: "DE", basis: "safety" });
    const client = await opened({ scenario: "shift", modalities: ["face"], subjects: { anna: "w-1" } });
    await client.until(({ type }) => type === "opened");
    const speakers = ["anna", "ben", "constructor", undefined];
    for (const speaker of speakers) client.media({ type: "frame", timeMs: 0, speaker }, new Uint8Array(10));
    // Of recordings, nothing is decoded either.
    client.media({ type: "sound", encoding: "opus", timeMs: 0, speaker: "carl" }, new Uint8Array(10));
    await client.until(() => client.of("problem").length === 4);
    client.json({ type: "ping" });
    await client.until(({ type }) => type === "pong");
    expect(
      client.of("problem").map(({ problem: { code, detail } }) => [code, /speaker "(\w+)"/u.exec(detail)?.[1]]),
    ).toEqual(["ben", "constructor", "1", "carl"].map((name) => ["policy", name]));
    client.socket.close();
  });

  test("without a jurisdiction, nobody's face is looked at", async () => {
    const named = { scenario: "customer-service", modalities: ["speech"] };
    const client = await opened(named);
    expect((await client.until(({ type }) => type === "problem")).problem).toMatchObject({
      code: "policy",
      detail: expect.stringContaining("whose law applies"),
    });
  });
});

test("where a scenario is required, nothing is recognized or explained without one, in any way", async () => {
  const strict = await startService({
    version: "1.2.3",
    port: 0,
    models: join(folder, "models"),
    workers: 1,
    streamWorkers: 1,
    requireScenario: true,
  });
  try {
    const post = async (path: string, body: object) => {
      const headers = { "content-type": "application/json" };
      const reply = await fetch(`${strict.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
      return [reply.status, ((await reply.json()) as { code?: string }).code];
    };
    for (const [path, body] of [
      ["/v1/recognize", { text: "😀" }],
      ["/v1/explain", { text: "😀" }],
      ["/v1/jobs", { inputs: [{ text: "😀" }] }],
    ] as const) {
      expect(await post(path, body)).toEqual([403, "policy"]);
      expect(await post(path, { ...body, scenario: "care" })).toEqual([403, "policy"]);
    }
    const client = await streamClient(strict.url);
    client.json({ type: "open" });
    expect((await client.until(({ type }) => type === "problem")).problem.code).toBe("policy");
    await client.closed;
    expect(await post("/v1/recognize", { text: "😀", scenario: "customer-service" })).toEqual([200, undefined]);
  } finally {
    await strict.close();
  }
});

test("a folder with a wrong scenario, or one of a shipped name, starts no service", async () => {
  const wrong = mkdtempSync(join(folder, "wrong-"));
  writeFileSync(join(wrong, "a.json"), "{");
  await expect(loadScenarios(wrong)).rejects.toMatchObject({
    code: "config",
    message: expect.stringMatching(/a\.json/),
  });
  writeFileSync(join(wrong, "a.json"), JSON.stringify({ ...care }));
  await expect(loadScenarios(wrong)).rejects.toThrow("Two scenarios have the id care");
  await expect(loadScenarios(join(folder, "none"))).rejects.toMatchObject({ code: "file" });
});

/** The client against the real service, and everything that passes between them against its OpenAPI document. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { type OpenApiCheck, openApiCheck } from "../../test/support/openapi-check.ts";
import { tinyColumns, tinyText } from "../../test/support/tiny-models.ts";
import { type Service, startService } from "../server/service.ts";
import { type Client, createClient, type StreamMessage } from "./client.ts";
import type { OpenSocket, PredictionReply } from "./types.ts";

// Starts processes, which a busy machine may keep waiting.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

const folder = mkdtempSync(join(tmpdir(), "affekt-client-"));
let service: Service;
let client: Client;
let document: OpenApiCheck;
/** Sockets that the client has opened. */
const sockets: WebSocket[] = [];
/** What does not fit the document. */
const wrong: string[] = [];
const textSent: string[] = [];

/** Checks every request and every answer on its way. */
const checkedFetch: typeof fetch = async (input, init) => {
  const { pathname, searchParams } = new URL(String(input));
  const method = init?.method ?? "GET";
  const path = document.pathOf(method, pathname);
  for (const name of searchParams.keys()) {
    if (!document.query(method, path).includes(name)) wrong.push(`${method} ${path}: parameter ${name}`);
  }
  if (typeof init?.body === "string") {
    const parsed = document.body(method, path).safeParse(JSON.parse(init.body));
    if (!parsed.success) wrong.push(`${method} ${path}: ${parsed.error.message}`);
  }
  const reply = await fetch(input, init);
  if (reply.ok && reply.headers.get("content-type")?.includes("json") === true) {
    const parsed = document.reply(method, path, reply.status).safeParse(await reply.clone().json());
    if (!parsed.success) wrong.push(`${reply.status} ${path}: ${parsed.error.message}`);
  }
  return reply;
};

const openSocket: OpenSocket = async (url, protocols) => {
  const socket = new WebSocket(url, [...protocols]);
  const send = socket.send.bind(socket);
  Object.assign(socket, {
    send(data: string | Uint8Array) {
      if (typeof data === "string") textSent.push(data);
      send(data);
    },
  });
  sockets.push(socket);
  return socket as unknown as Awaited<ReturnType<OpenSocket>>;
};

beforeAll(async () => {
  const models = join(folder, "models");
  mkdirSync(models);
  writeFileSync(join(models, "text.onnx"), tinyColumns(tinyText()));
  service = await startService({ version: "1.2.3", port: 0, models, workers: 1, streamWorkers: 1 });
  await vi.waitUntil(async () => (await fetch(`${service.url}/ready`)).ok, { timeout: 500_000, interval: 200 });
  await service.warmStreams();
  document = openApiCheck(await (await fetch(`${service.url}/openapi.json`)).json());
  client = createClient({ url: `${service.url}/`, fetch: checkedFetch, openSocket });
});

afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("requests", () => {
  test("an explanation comes for text as JSON and beside a file as a form, for the label that is asked for", async () => {
    const explained = await client.explain({ text: "😀 😡" }, { label: "joy" });
    expect(explained).toMatchObject({ label: "joy", text: { method: "shapley" } });
    expect(explained.text?.parts.map(({ points }) => Math.sign(points))).toEqual([1, -1]);
    const audio = new TextEncoder().encode("no sound");
    // No speech model is served here: the text that came beside the file in the form is explained alone.
    const beside = await client.explain({ text: "😀 😡", audio }, { label: "joy" });
    expect(beside.text?.parts).toEqual(explained.text?.parts);
    await expect(client.explain({ text: "😀" }, { label: "hunger" })).rejects.toMatchObject({ code: "label" });
  });

  test("a scenario goes with a request, as JSON and as a form, and what was kept under it is found", async () => {
    const options = { scenario: "customer-service", jurisdiction: "US-CA" };
    expect(await client.recognize({ text: "😀", session: "call-9" }, options)).toMatchObject({
      scenario: "customer-service",
      alerts: [],
    });
    const broken = { text: "😡", audio: Uint8Array.of(1, 2, 3), session: "call-9" };
    expect(await client.recognize(broken, options)).toMatchObject({ label: "anger", scenario: "customer-service" });
    await expect(client.recognize(broken, { scenario: "customer-service" })).rejects.toMatchObject({ code: "policy" });
    const kept = [];
    for await (const one of client.predictions({ scenario: "customer-service" })) kept.push(one.label);
    expect(kept).toEqual(["anger", "joy"]);
  });

  test("one utterance, a batch, their list, and their erasure", async () => {
    expect(await client.recognize({ text: "😀", subject: "p-1" })).toMatchObject({ label: "joy", subject: "p-1" });
    const batch = await client.recognizeBatch([
      { text: "😡", subject: "p-1" },
      { text: "😀", image: Uint8Array.of(1, 2, 3) },
    ]);
    expect(batch.map((item) => (item.status === "ok" ? item.prediction.label : item.problem.code))).toEqual([
      "anger",
      "joy",
    ]);
    const listed = [];
    for await (const { label } of client.predictions({ subject: "p-1" })) listed.push(label);
    expect(listed).toEqual(["anger", "joy"]);
    expect(await client.eraseSubject("p-1")).toMatchObject({ erased: { predictions: 2 } });
    for await (const one of client.predictions({ subject: "p-1" })) expect(one).toBeUndefined();
  });

  test("further columns come with the answer, alone, in a batch and from what was kept, as the types have them", async () => {
    const columnsOf = ({ modalities: { text } }: PredictionReply) => (text?.present ? text.columns : undefined);
    const wanted = {
      numbers: { sentiment: expect.closeTo(2.5, 5) },
      categories: {
        intensity: [expect.objectContaining({ label: "high" }), expect.objectContaining({ label: "low" })],
      },
    };
    const one = columnsOf(await client.recognize({ text: "😀", session: "columns" }));
    expect(one).toEqual(wanted);
    // Their types are numbers and scores.
    const [sentiment, likely]: [number | undefined, string | undefined] = [
      one?.numbers?.["sentiment"],
      one?.categories?.["intensity"]?.[0]?.label,
    ];
    expect([sentiment, likely]).toEqual([expect.closeTo(2.5, 5), "high"]);
    const [item] = await client.recognizeBatch([{ text: "😀", session: "columns" }]);
    expect(item?.status === "ok" ? columnsOf(item.prediction) : item).toEqual(wanted);
    const kept = [];
    for await (const own of client.predictions({ session: "columns" })) kept.push(columnsOf(own));
    expect(kept).toEqual([wanted, wanted]);
  });

  test("media go as files, and come with what can be used beside them", async () => {
    const { label, modalities } = await client.recognize(
      { text: "😀", image: Uint8Array.of(1, 2, 3) },
      { keep: false, modalities: ["text", "face"] },
    );
    expect(label).toBe("joy");
    expect(modalities.face).toMatchObject({ present: false });
  });

  test("problems are errors with the service's codes", async () => {
    await expect(client.recognize({})).rejects.toMatchObject({ name: "AffektError", code: "no-modality" });
    const keyed = createClient({ url: service.url, key: "affekt_no_key" });
    await expect(keyed.recognize({ text: "a" })).rejects.toMatchObject({ code: "unauthorized" });
  });

  test("what the service cannot answer now is asked again, and is kept once", async () => {
    let times = 0;
    const shaky = createClient({
      url: service.url,
      fetch: async (input, init) => {
        const reply = await fetch(input, init);
        // The answer is lost on its way, after the service has done its work.
        if (++times === 1) throw new TypeError("connection reset");
        return reply;
      },
    });
    await shaky.recognize({ text: "😀", session: "shaky" });
    const kept = [];
    for await (const one of client.predictions({ session: "shaky" })) kept.push(one);
    expect([times, kept.length]).toEqual([2, 1]);
  });

  test("a service that is not there is unavailable", async () => {
    const nowhere = createClient({ url: "http://127.0.0.1:9", retries: 0 });
    await expect(nowhere.recognize({ text: "a" })).rejects.toMatchObject({ code: "unavailable" });
    await expect(nowhere.stream({}, { message: () => {} })).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("a stream", () => {
  test("says what was said, and ends when it is finished", async () => {
    const said: StreamMessage[] = [];
    const states: string[] = [];
    const stream = await client.stream(
      { modalities: ["text"], keep: false },
      { message: (message) => void said.push(message), state: (state) => void states.push(state) },
    );
    stream.text("😀", { startMs: 0, endMs: 10 });
    await stream.finish();
    expect(said.map(({ type }) => type)).toEqual(["opened", "final", "finished"]);
    expect(states).toEqual(["open", "closed"]);
    expect(() => stream.text("😀")).toThrow(/closed/);
  });

  test("comes back when its connection drops: each lasting event once, what was sent meanwhile too", async () => {
    const said: StreamMessage[] = [];
    const stream = await client.stream({ keep: false }, { message: (message) => void said.push(message) });
    const finals = () => said.filter(({ type }) => type === "final");
    stream.text("😀");
    await vi.waitUntil(() => finals().length === 1, { timeout: 60_000 });
    sockets.at(-1)?.terminate();
    await vi.waitUntil(() => stream.state() === "reconnecting", { timeout: 60_000 });
    stream.text("😡");
    await vi.waitUntil(() => finals().length === 2, { timeout: 60_000 });
    await stream.finish();
    expect(finals().map((final) => "seq" in final && final.seq)).toEqual([1, 2]);
    expect(said.map(({ type }) => type)).toEqual(["opened", "final", "resumed", "final", "finished"]);
  });

  test("that is refused says why", async () => {
    const refused = client.stream({ labels: ["nonsense"] }, { message: () => {} });
    await expect(refused).rejects.toMatchObject({ code: "label" });
  });

  test("is read along by a follower, from the first event to the end", async () => {
    const stream = await client.stream({ keep: false }, { message: () => {} });
    stream.text("😀");
    const followed: string[] = [];
    const following = (async () => {
      for await (const message of client.follow(stream.id)) {
        followed.push(message.type);
        if (message.type === "final") void stream.finish();
      }
    })();
    await following;
    expect(followed).toEqual(["final", "finished"]);
    await expect(client.follow(stream.id)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "not-found" });
  });

  test("everything in it fits the document", async () => {
    const said: StreamMessage[] = [];
    const from = textSent.length;
    const stream = await client.stream(
      { modalities: ["text"], labels: ["joy"], language: "en", subject: "p-9", pauseMs: 300, keep: false },
      { message: (message) => void said.push(message) },
    );
    stream.text("😀", { startMs: 1, endMs: 2, speaker: "anna" });
    stream.text("");
    await stream.finish();
    const part = (name: string) => document.part("GET", "/v1/stream", 101, name);
    const [request, event] = [part("request"), part("event")];
    for (const sent of textSent.slice(from))
      expect(request.safeParse(JSON.parse(sent))).toMatchObject({ success: true });
    for (const message of said) expect(event.safeParse(message)).toMatchObject({ success: true });
    expect(said.map(({ type }) => type)).toContain("error");
  });
});

test("nothing that was asked or answered differs from the document", () => {
  expect(wrong).toEqual([]);
});

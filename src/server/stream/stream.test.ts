/** Streams over real sockets, in real processes, on networks of a few numbers. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { pcm16, type StreamClient, streamClient } from "../../../test/support/stream-client.ts";
import { tinyColumns, tinyFace, tinySpeech, tinyText } from "../../../test/support/tiny-models.ts";
import { voice } from "../../../test/support/voice.ts";
import { portrait } from "../../cli/demo/photograph.ts";
import type { StreamMessage } from "../../client/types.ts";
import { writeWav } from "../../preprocess/speech/wav.ts";
import { type Service, startService } from "../service.ts";
import { ServerMessage } from "./messages.ts";

// Starts processes, which a busy machine may keep waiting.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 600_000 });

const folder = mkdtempSync(join(tmpdir(), "affekt-stream-"));
let service: Service;

/** A second of silence, one and a half of speech, and silence again. */
const SPOKEN = (() => {
  const { samples } = voice(1.5);
  const all = new Float32Array(16_000 * 3.5);
  all.set(samples, 16_000);
  return all;
})();

function ffmpegIsHere(): boolean {
  try {
    execFileSync("ffmpeg", ["-version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function opened(options: Record<string, unknown> = {}): Promise<StreamClient & { readonly stream: string }> {
  const client = await streamClient(service.url);
  client.json({ type: "open", ...options });
  const { stream } = await client.until(({ type }) => type === "opened");
  return { ...client, stream };
}

/** In pieces of 100 ms. */
function speak(client: StreamClient, samples = SPOKEN, header: Record<string, unknown> = {}): void {
  for (let at = 0; at < samples.length; at += 1_600) {
    client.media({ type: "sound", timeMs: at / 16, ...header }, pcm16(samples.slice(at, at + 1_600)));
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
async function ask(path: string, init: RequestInit = {}): Promise<any> {
  return (await fetch(`${service.url}${path}`, init)).json();
}

async function finished(client: StreamClient): Promise<{ code: number; reason: string }> {
  client.json({ type: "finish" });
  await client.until(({ type }) => type === "finished");
  return client.closed;
}

beforeAll(async () => {
  const models = join(folder, "models");
  mkdirSync(models);
  writeFileSync(join(models, "text.onnx"), tinyText());
  writeFileSync(join(models, "face.onnx"), tinyColumns(tinyFace()));
  writeFileSync(join(models, "speech.onnx"), tinySpeech());
  service = await startService({
    version: "1.2.3",
    port: 0,
    models,
    workers: 1,
    streamWorkers: 1,
    streamLimits: { heartbeatMs: 2_000, resumeMs: 5_000, openMs: 3_000, messageBytes: 200_000 },
  });
  await service.warmStreams();
});

afterAll(async () => {
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("what goes in and comes out", () => {
  test("a text becomes a final that is numbered, named, kept, and found again", async () => {
    const client = await opened({ subject: "p-1", session: "call-7" });
    client.json({ type: "text", text: "😀", startMs: 10, endMs: 20 });
    const final = await client.until(({ type }) => type === "final");
    expect(final).toMatchObject({ seq: 1, utterance: 1, revision: 0, speaker: "1", startMs: 10, endMs: 20 });
    expect(final.prediction).toMatchObject({ label: "joy", subject: "p-1", session: "call-7" });
    expect(await finished(client)).toEqual({ code: 1000, reason: "finished" });
    const { predictions } = await ask("/v1/predictions?session=call-7");
    expect(predictions).toEqual([final.prediction]);
  });

  test("speech is announced, guessed at and closed by silence; a late text revises it, and one result is kept", async () => {
    const client = await opened({ session: "call-8", partialMs: 200 });
    speak(client);
    const final = await client.until(({ type }) => type === "final");
    expect(final.startMs).toBeGreaterThan(800);
    expect(final.startMs).toBeLessThan(1_200);
    expect(final.endMs).toBeGreaterThan(2_300);
    expect(final.endMs).toBeLessThan(2_800);
    expect(Object.keys(final.prediction.modalities)).toEqual(["speech"]);
    expect(client.of("voice").map(({ speaking }) => speaking)).toEqual([true, false]);
    client.json({ type: "text", text: "😡", startMs: 1_200, endMs: 2_000 });
    const revised = await client.until(({ type, revision }) => type === "final" && revision === 1);
    expect(revised).toMatchObject({ utterance: final.utterance, prediction: { id: final.prediction.id } });
    await finished(client);
    const { predictions } = await ask("/v1/predictions?session=call-8");
    expect(predictions).toEqual([revised.prediction]);
  });

  test("float samples at 48 kHz say the same as PCM at 16 kHz", async () => {
    const client = await opened({ partialMs: 0, keep: false });
    const high = new Float32Array(SPOKEN.length * 3);
    for (let at = 0; at < high.length; at++) {
      const [from, share] = [Math.floor(at / 3), (at % 3) / 3];
      high[at] = (SPOKEN[from] ?? 0) * (1 - share) + (SPOKEN[from + 1] ?? 0) * share;
    }
    for (let at = 0; at < high.length; at += 4_800) {
      const piece = high.slice(at, at + 4_800);
      client.media({ type: "sound", encoding: "float32", sampleRate: 48_000 }, new Uint8Array(piece.buffer));
    }
    const final = await client.until(({ type }) => type === "final");
    expect(final.startMs).toBeGreaterThan(800);
    expect(final.startMs).toBeLessThan(1_200);
    await finished(client);
  });

  test("frames are answered with faces; what is no picture is an error event, and the stream goes on", async () => {
    const client = await opened({ modalities: ["face"] });
    const jpeg = await sharp({ create: { width: 64, height: 64, channels: 3, background: "grey" } })
      .jpeg()
      .toBuffer();
    client.media({ type: "frame", timeMs: 0 }, Buffer.from("no picture"));
    expect(await client.until(({ type }) => type === "error")).toMatchObject({ code: "media" });
    client.media({ type: "frame", timeMs: 400 }, jpeg);
    expect(await client.until(({ type }) => type === "faces")).toMatchObject({ timeMs: 400, faces: [] });
    client.media({ type: "frame", timeMs: 100 }, jpeg);
    expect(await client.until(({ type }) => type === "dropped")).toMatchObject({ what: "frame", why: "late" });
    await finished(client);
  });

  test("faces and segments have the model's further columns, as the schema and the client's types say", async () => {
    const client = await opened({ modalities: ["face"] });
    const jpeg = await sharp(await portrait())
      .resize(320, 320)
      .jpeg()
      .toBuffer();
    client.media({ type: "frame", timeMs: 0 }, jpeg);
    await client.until(({ type }) => type === "faces");
    await finished(client);
    const [segment, ...more] = client.of("segment") as Extract<StreamMessage, { type: "segment" }>[];
    expect(more).toEqual([]);
    // The mean of a single frame is what that frame has.
    const [face] = client.of("faces")[0].faces;
    expect(segment?.columns?.numbers?.["sentiment"]).toBeCloseTo(face.columns.numbers.sentiment, 5);
    expect(segment?.columns?.categories?.["intensity"]).toHaveLength(2);
    // Nothing that is sent is unknown to the schema, which leaves out what it does not know.
    for (const message of [segment, client.of("faces")[0]]) expect(ServerMessage.parse(message)).toEqual(message);
  });

  test.skipIf(!ffmpegIsHere())("Opus in Ogg and WebM, as it is recorded, is heard", async () => {
    const wav = join(folder, "spoken.wav");
    writeFileSync(wav, writeWav({ samples: SPOKEN, sampleRate: 16_000 }));
    for (const ending of ["ogg", "webm"]) {
      const file = execFileSync("ffmpeg", ["-v", "error", "-i", wav, "-c:a", "libopus", "-f", ending, "-"], {
        maxBuffer: 1e7,
      });
      const client = await opened({ partialMs: 0, keep: false });
      for (let at = 0; at < file.length; at += 1_000) {
        client.media({ type: "sound", encoding: "opus", timeMs: 500 }, file.subarray(at, at + 1_000));
      }
      client.json({ type: "finish" });
      const final = await client.until(({ type }) => type === "final");
      expect(final.startMs).toBeGreaterThan(1_300);
      expect(final.startMs).toBeLessThan(1_700);
      await client.closed;
    }
  });
});

describe("what is wrong", () => {
  test("is told field by field, without ending the stream", async () => {
    const client = await opened();
    const wrong: (() => void)[] = [
      () => client.socket.send("no json"),
      () => client.json({ type: "sing" }),
      () => client.json({ type: "text", text: 5 }),
      () => client.json({ type: "text", text: "a", startMs: -1 }),
      () => client.json({ type: "open" }),
      () => client.json([]),
      () => client.socket.send(new Uint8Array(3)),
      () => client.socket.send(new Uint8Array(100).fill(255)),
      () => client.media({ type: "sound", encoding: "mp3" }, new Uint8Array(2)),
      () => client.media({ type: "sound" }, new Uint8Array(3)),
      () => client.media({ type: "sound", sampleRate: 1 }, new Uint8Array(2)),
      () => client.media({ type: "frame" }, new Uint8Array(2)),
      () => client.media({ type: "frame", timeMs: 0 }, new Uint8Array(0)),
      () => client.media({ type: "frame", timeMs: 0, path: "/etc/passwd" }, new Uint8Array(2)),
    ];
    for (const send of wrong) send();
    client.json({ type: "text", text: "😀" });
    await client.until(({ type }) => type === "final");
    const problems = client.of("problem");
    expect(problems).toHaveLength(wrong.length);
    expect(problems.every(({ problem }) => problem.code === "input" && problem.status === 400)).toBe(true);
    expect(problems[2].problem.errors).toEqual([expect.objectContaining({ pointer: "/text" })]);
    await finished(client);
  });

  test("again and again closes the connection", async () => {
    const client = await opened();
    for (let time = 0; time < 30; time++) client.socket.send("no json");
    expect(await client.closed).toMatchObject({ code: 1008 });
  });

  test.each([
    ["labels that no answer has", { labels: ["annoyance"] }, "label"],
    ["a scenario that nobody knows", { scenario: "casino" }, "not-found"],
  ])("refuses to open with %s", async (_what, options, code) => {
    const client = await streamClient(service.url);
    client.json({ type: "open", ...options });
    expect((await client.until(({ type }) => type === "problem")).problem.code).toBe(code);
    expect(await client.closed).toMatchObject({ code: 1008 });
  });

  test("media before anything was opened, too long messages, and silence at the beginning end it", async () => {
    const early = await streamClient(service.url);
    early.media({ type: "sound" }, new Uint8Array(2));
    expect((await early.until(({ type }) => type === "problem")).problem.detail).toMatch(/before open/);
    const silent = await streamClient(service.url);
    const long = await opened();
    long.socket.send(new Uint8Array(300_000));
    expect(await long.closed).toMatchObject({ code: 1009 });
    expect(await silent.closed).toMatchObject({ code: 4408 });
    early.socket.terminate();
  });

  test("a plain request is told that this is a socket", async () => {
    const reply = await fetch(`${service.url}/v1/stream`);
    expect(reply.status).toBe(400);
    expect(await reply.text()).toMatch(/WebSocket/);
  });
});

describe("10,000 messages at once", () => {
  test("of sound are all heard, in order, and the result still comes", async () => {
    const client = await opened({ partialMs: 0, keep: false });
    // 35 s of which 15 s are speech, 3.5 ms a message
    const long = new Float32Array(16_000 * 35);
    long.set(voice(4).samples, 16_000 * 2);
    for (let at = 0; at < 10_000; at++) {
      client.media({ type: "sound", timeMs: at * 3.5 }, pcm16(long.slice(at * 56, at * 56 + 56)));
    }
    client.json({ type: "finish" });
    await client.closed;
    expect(client.of("dropped")).toEqual([]);
    expect(client.of("problem")).toEqual([]);
    expect(client.of("final").length).toBeGreaterThanOrEqual(1);
    expect(client.of("final").at(-1).endMs).toBeGreaterThan(5_800);
  });

  test("of pings are all answered, and others are served meanwhile", async () => {
    const [client, other] = [await opened(), await opened()];
    for (let at = 0; at < 10_000; at++) client.json({ type: "ping" });
    other.json({ type: "text", text: "😀" });
    await other.until(({ type }) => type === "final");
    await client.until(() => client.of("pong").length === 10_000);
    await Promise.all([finished(client), finished(other)]);
  });
});

describe("a connection that drops", () => {
  test("is resumed: lasting events since then come again, in order, and the numbers go on", async () => {
    const first = await opened({ keep: false });
    first.json({ type: "text", text: "😀" });
    await first.until(({ type }) => type === "final");
    first.json({ type: "text", text: "😡" });
    await first.until(({ seq }) => seq === 2);
    first.socket.terminate();
    const second = await streamClient(service.url);
    second.json({ type: "resume", stream: first.stream, after: 1 });
    second.json({ type: "text", text: "😀" });
    await second.until(({ seq }) => seq === 3);
    expect(second.messages.slice(0, 3)).toMatchObject([
      { type: "resumed", stream: first.stream, missed: false },
      { type: "final", seq: 2, prediction: { label: "anger" } },
      { type: "final", seq: 3, utterance: 3 },
    ]);
    await finished(second);
  });

  test("is taken over by a second one; the first is told", async () => {
    const first = await opened();
    const second = await streamClient(service.url);
    second.json({ type: "resume", stream: first.stream, after: 0 });
    await second.until(({ type }) => type === "resumed");
    expect(await first.closed).toEqual({ code: 4409, reason: "taken" });
    second.json({ type: "text", text: "😀" });
    await second.until(({ type }) => type === "final");
    await finished(second);
  });

  test("ends its stream after a while, whose results are kept", async () => {
    const client = await opened({ session: "left" });
    client.json({ type: "text", text: "😀" });
    await client.until(({ type }) => type === "final");
    client.socket.terminate();
    const listed = async () => JSON.stringify(await ask("/v1/streams"));
    expect(await listed()).toContain(client.stream);
    await vi.waitUntil(async () => !(await listed()).includes(client.stream), { timeout: 60_000, interval: 200 });
    const late = await streamClient(service.url);
    late.json({ type: "resume", stream: client.stream, after: 0 });
    expect((await late.until(({ type }) => type === "problem")).problem.code).toBe("not-found");
    const { predictions } = await ask("/v1/predictions?session=left");
    expect(predictions).toHaveLength(1);
  });
});

describe("a follower", () => {
  test("reads lasting events with their numbers, from where it was, until the stream ends", async () => {
    const client = await opened({ keep: false });
    for (const text of ["😀", "😡"]) client.json({ type: "text", text });
    await client.until(({ seq }) => seq === 2);
    const reply = await fetch(`${service.url}/v1/streams/${client.stream}/events`, {
      headers: { "last-event-id": "1" },
    });
    expect(reply.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(reply.headers.get("x-content-type-options")).toBe("nosniff");
    client.json({ type: "text", text: "😀" });
    await finished(client);
    const text = await reply.text();
    expect([...text.matchAll(/^id: (\d+)$/gmu)].map(([, id]) => id)).toEqual(["2", "3"]);
    expect(text).toContain('data: {"type":"finished"}');
  });

  test("of a stream that there is not gets 404", async () => {
    const id = "00000000-0000-4000-8000-000000000000";
    expect((await fetch(`${service.url}/v1/streams/${id}/events`)).status).toBe(404);
  });
});

test("a stream goes on in another process when its own is killed, with its numbers", async () => {
  const client = await opened({ keep: false });
  client.json({ type: "text", text: "😀" });
  await client.until(({ type }) => type === "final");
  for (const pid of service.streamPids()) process.kill(pid, "SIGKILL");
  expect(await client.until(({ type }) => type === "error")).toMatchObject({ code: "unavailable" });
  client.json({ type: "text", text: "😡" });
  expect(await client.until(({ seq }) => seq === 2)).toMatchObject({ utterance: 2, prediction: { label: "anger" } });
  await finished(client);
});

describe("with keys", () => {
  async function key(scopes: readonly string[], token?: string): Promise<{ key: string; about: { id: string } }> {
    return ask("/v1/keys", {
      method: "POST",
      headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ name: "test", scopes }),
    });
  }

  test("a stream wants the scope recognize, in a header or as a protocol, and ends when its key is revoked", async () => {
    const admin = await key(["admin", "read", "recognize"]);
    const reader = await key(["read"], admin.key);
    const client = await key(["recognize"], admin.key);
    await expect(streamClient(service.url)).rejects.toThrow("status 401");
    await expect(streamClient(service.url, { headers: { authorization: "Bearer nonsense" } })).rejects.toThrow("401");
    await expect(streamClient(service.url, { headers: { authorization: `Bearer ${reader.key}` } })).rejects.toThrow(
      "status 403",
    );
    const socket = await streamClient(service.url, { protocols: ["affekt", `affekt-key.${client.key}`] });
    expect(socket.socket.protocol).toBe("affekt");
    socket.json({ type: "open" });
    await socket.until(({ type }) => type === "opened");
    await fetch(`${service.url}/v1/keys/${client.about.id}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${admin.key}` },
    });
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });
});

/** A connection whose other side reads slowly, or is not there any more. */
import { execFileSync } from "node:child_process";
import { EventEmitter } from "node:events";
import { describe, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { binaryMessage } from "../../../test/support/stream-client.ts";
import { AffektError } from "../../core/errors.ts";
import { findFfmpeg } from "../../platform/node/ffmpeg.ts";
import type { Hub } from "./hub.ts";
import { DEFAULT_STREAM_LIMITS } from "./limits.ts";
import type { LiveStream, Outlet } from "./live-stream.ts";
import { messageReader } from "./read-message.ts";
import { serveSocket } from "./socket.ts";

const limits = { ...DEFAULT_STREAM_LIMITS, passingBytes: 100, unreadBytes: 1_000, heartbeatMs: 50, openMs: 10_000 };

async function connection(push: LiveStream["push"] = () => {}) {
  const sent: string[] = [];
  const did: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    isPaused: false,
    send: (message: string) => void sent.push(message),
    pause: () => Object.assign(socket, { isPaused: true }),
    resume: () => Object.assign(socket, { isPaused: false }),
    ping: () => void did.push("ping"),
    close: (code: number) => void did.push(`close ${code}`),
    terminate: () => void did.push("terminate"),
  });
  let outlet: Outlet | undefined;
  const stream: Partial<LiveStream> = {
    id: "s",
    modalities: ["text"],
    attach: (own) => void (outlet = own),
    detach: () => void did.push("detach"),
    push,
    checkSpeaker: () => {},
    recheck: async () => {},
  };
  serveSocket(socket as unknown as WebSocket, {
    caller: { owner: "o", scopes: [] },
    hub: { open: async () => stream as LiveStream } as unknown as Hub,
    limits,
    reader: messageReader(100),
    requestId: "r",
    recheck: async () => {},
  });
  socket.emit("message", Buffer.from('{"type":"open"}'), false);
  await vi.waitUntil(() => outlet !== undefined);
  return { socket, sent, did, outlet: outlet as unknown as Outlet };
}

describe("a slow reader", () => {
  test("gets fewer passing messages, and every lasting one", async () => {
    const { socket, sent, outlet } = await connection();
    socket.bufferedAmount = 101;
    const before = sent.length;
    for (let at = 0; at < 10; at++) outlet.send("partial", { passing: true });
    outlet.send("final", { passing: false, seq: 1 });
    expect(sent.slice(before)).toEqual(["final"]);
    socket.bufferedAmount = 0;
    outlet.send("partial", { passing: true });
    expect(sent.at(-1)).toBe("partial");
    socket.emit("close");
  });

  test("is disconnected before the service would remember too much for it, and may resume", async () => {
    const { socket, did, outlet } = await connection();
    socket.bufferedAmount = 1_001;
    outlet.send("final", { passing: false, seq: 1 });
    expect(did).toContain("terminate");
    socket.emit("close");
    expect(did).toContain("detach");
  });
});

test("who shows no sign of life between two heartbeats is disconnected, unless it is not read from", async () => {
  const { socket, did } = await connection();
  socket.pause();
  await vi.waitUntil(() => did.filter((one) => one === "ping").length >= 3);
  expect(did).not.toContain("terminate");
  socket.resume();
  await vi.waitUntil(() => did.includes("terminate"));
  socket.emit("close");
});

test.skipIf((await findFfmpeg()) === null)(
  "what a decoder brings after the stream is over is a problem, and ends nothing else",
  async () => {
    const { socket, sent } = await connection(() => {
      throw new AffektError("aborted", "The stream is over.", "Open another one.");
    });
    const tone = ["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "libopus", "-f", "ogg", "-"];
    const file = execFileSync("ffmpeg", ["-v", "error", ...tone], { stdio: ["ignore", "pipe", "ignore"] });
    socket.emit("message", Buffer.from(binaryMessage({ type: "sound", encoding: "opus", timeMs: 0 }, file)), true);
    socket.emit("message", Buffer.from('{"type":"finish"}'), false);
    await vi.waitUntil(() => sent.some((message) => message.includes('"aborted"')), { timeout: 60_000 });
    socket.emit("close");
  },
);

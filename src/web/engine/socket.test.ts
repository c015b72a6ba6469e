/** A live stream over a real socket, to a server that says what a test has it say. */
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { LiveEvent } from "./engine.ts";
import { openSocketStream } from "./socket.ts";

const final = (utterance: number) => ({ type: "final", seq: utterance, utterance, prediction: {} });
const alert = (seq: number) => ({ type: "alert", seq, title: {}, advice: {} });

describe("a live stream through the server", () => {
  let server: WebSocketServer;
  /** What each connection began with. */
  let begun: Record<string, unknown>[];
  /** Everything else that connections said. */
  let said: Record<string, unknown>[];
  /** What each connection is told, in turn; a number is the code that it is closed with. */
  let plan: (object | number)[][];
  const heard: LiveEvent[] = [];
  const refusals: unknown[] = [];
  const listener = {
    event: (event: LiveEvent) => void heard.push(event),
    connected: () => undefined,
    refused: (error: Error) => void refusals.push(error),
  };

  beforeEach(async () => {
    [begun, said, plan] = [[], [], []];
    heard.length = refusals.length = 0;
    server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    server.on("connection", (socket) =>
      socket.once("message", (data) => {
        begun.push(JSON.parse(String(data)));
        socket.on("message", (more) => void said.push(JSON.parse(String(more))));
        for (const one of plan.shift() ?? []) {
          if (typeof one === "number") socket.close(one);
          else socket.send(JSON.stringify(one));
        }
      }),
    );
    await new Promise((resolve) => server.once("listening", resolve));
    vi.stubGlobal("WebSocket", WebSocket);
    vi.stubGlobal("location", { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  afterEach(() => {
    for (const client of server.clients) client.terminate();
    server.close();
    vi.unstubAllGlobals();
  });

  test("goes on with its own numbers where the server has lost it and begins another", async () => {
    plan = [
      [{ type: "opened", stream: "a" }, final(1), final(2), alert(3), 1011],
      [{ type: "problem", problem: { code: "not-found" } }, 1008],
      [{ type: "opened", stream: "b" }, final(1), alert(2), 1011],
      [{ type: "resumed", stream: "b" }, final(3)],
    ];
    const stream = await openSocketStream(["text"], listener);
    await vi.waitFor(() => expect(heard).toHaveLength(6), { timeout: 30_000 });
    expect(begun).toMatchObject([
      { type: "open" },
      { type: "resume", stream: "a", after: 3 },
      { type: "open" },
      { type: "resume", stream: "b", after: 2 },
    ]);
    const numbers = heard.map((one) => (one.type === "final" ? one.utterance : one.type === "alert" ? -one.seq : 0));
    expect(numbers).toEqual([1, 2, -3, 3, -5, 5]);
    expect(refusals).toEqual([]);
    await stream.close();
  });

  test("takes words, with when they were said, only while the server is there", async () => {
    plan = [[{ type: "opened", stream: "a" }]];
    const stream = await openSocketStream(["text"], listener);
    expect(stream.text("hello", 1500)).toBe(true);
    await vi.waitFor(() => expect(said).toEqual([{ type: "text", text: "hello", startMs: 1500 }]), { timeout: 30_000 });
    for (const client of server.clients) client.terminate();
    await vi.waitFor(() => expect(stream.text("lost", 2000)).toBe(false), { timeout: 30_000 });
    await stream.close();
  });

  test("that is refused at the beginning leaves no connection, even where the server would", async () => {
    plan = [[{ type: "problem", problem: { code: "input", detail: "No such field." } }]];
    await expect(openSocketStream(["text"], listener)).rejects.toMatchObject({ code: "input" });
    await vi.waitFor(() => expect(server.clients.size).toBe(0), { timeout: 30_000 });
  });

  test.each([
    [
      "a consent was withdrawn",
      [{ type: "problem", problem: { code: "policy", detail: "Withdrawn." } }, 1008],
      "policy",
    ],
    ["the key was taken back", [4401], "unauthorized"],
  ])("ends, and says why, where %s", async (_, said, code) => {
    plan = [[{ type: "opened", stream: "a" }, ...said]];
    await openSocketStream(["text"], listener);
    await vi.waitFor(() => expect(refusals).toMatchObject([{ code }]), { timeout: 30_000 });
    expect(begun).toHaveLength(1);
    await vi.waitFor(() => expect(server.clients.size).toBe(0), { timeout: 30_000 });
  });
});

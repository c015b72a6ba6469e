/** Clients of streams that send what they like. */
import { binaryMessage, streamClient } from "../support/stream-client.ts";
import { counted, expectations, type Fault, pause } from "./fault.ts";
import type { ServiceProcess } from "./service-process.ts";

const SOUND = { type: "sound", encoding: "pcm16", sampleRate: 16_000 } as const;
const bytes = (many: number) => new Uint8Array(many);

async function opened(service: ServiceProcess) {
  const client = await streamClient(service.url);
  client.json({ type: "open", modalities: ["text"], keep: false });
  await client.until(({ type }) => type === "opened", 120_000);
  return client;
}

export const wrongMessages: Fault = {
  name: "stream: wrong types, wrong order",
  tried:
    "messages before `open`, a second `open`, times that run backwards, unknown types, no JSON, arrays of 100,000, broken headers, a message of 2 MiB, a continuation frame of nothing",
  async run({ shared }) {
    const { wrong, hold } = expectations();
    const service = await shared();
    await service.ready();
    const early = await streamClient(service.url);
    early.media({ ...SOUND, timeMs: 0 }, bytes(640));
    early.json({ type: "text", text: "hello", startMs: 0, endMs: 1 });
    await early.until(() => early.of("problem").length === 2);
    hold(
      early.of("problem").every(({ problem }) => problem.code === "input"),
      "what came before open was no input problem",
    );
    early.socket.close();

    const client = await opened(service);
    const sent: (string | Uint8Array)[] = [
      JSON.stringify({ type: "open" }),
      JSON.stringify({ type: "nonsense" }),
      JSON.stringify({ type: 5 }),
      JSON.stringify({ type: "text", text: 5 }),
      JSON.stringify({ type: "text", text: "a", startMs: -1, endMs: "x" }),
      JSON.stringify(Array(100_000).fill(0)),
      "{",
      "\u0000",
      binaryMessage({ type: "frame" }, bytes(10)),
      binaryMessage({ ...SOUND, sampleRate: -1, timeMs: 0 }, bytes(640)),
      binaryMessage({ ...SOUND, timeMs: 0 }, bytes(3)),
      new Uint8Array([255, 255, 255, 255, 0]),
      bytes(2),
    ];
    for (const one of sent) client.socket.send(one);
    await client.until(() => client.of("problem").length >= sent.length);
    const codes = client.of("problem").map(({ problem }) => problem.code as string);
    hold(client.socket.readyState === client.socket.OPEN, "the stream was closed before 20 wrong messages");
    // Times that run backwards and overlap.
    for (const at of [5_000, 1_000, 3_000, 0]) {
      client.json({ type: "text", text: "so happy 😀", startMs: at, endMs: at + 900 });
    }
    await client.until(({ type }) => type === "final" || type === "dropped");
    for (let at = 0; at < 25; at++) client.socket.send("{");
    const closed = await client.closed;
    hold(closed.code === 1008, `after 25 wrong messages in a row it was closed with ${closed.code}`);

    const large = await opened(service);
    large.socket.send(bytes(2 * 2 ** 20));
    hold((await large.closed).code === 1009, "a message of 2 MiB did not close its connection with 1009");

    const raw = await opened(service);
    // A continuation of a message that never began (RFC 6455, 5.4).
    (raw.socket as unknown as { _socket: { write(bytes: Uint8Array): void } })._socket.write(
      new Uint8Array([0x80, 0x80, 0, 0, 0, 0]),
    );
    const broken = await raw.closed;
    hold([1002, 1006].includes(broken.code), `a frame out of order closed with ${broken.code}`);

    const fine = await opened(service);
    fine.json({ type: "finish" });
    hold((await fine.closed).code === 1000, "afterwards a stream did not finish");
    return {
      wrong,
      happened: `${counted(codes)} as problems on an open stream, 1008 after 20 in a row, 1009 for 2 MiB, ${broken.code} for the frame; the next stream finished`,
    };
  },
};

export const flood: Fault = {
  name: "stream: 10,000 messages a second",
  tried:
    "10,000 sound messages a second for 10 s, then 10,000 texts a second for 10 s; another client asks for texts meanwhile",
  async run({ quick, shared }) {
    const { wrong, hold } = expectations();
    const service = await shared();
    await service.ready();
    const client = await opened(service);
    const rose = service.watchMemory();
    let over = false;
    const served: number[] = [];
    const other = (async () => {
      while (!over) {
        served.push((await service.post("/v1/recognize", { text: "fine 😀", keep: false })).ms);
        await pause(50);
      }
    })();
    const seconds = quick ? 1 : 10;
    let sent = 0;
    for (const kind of ["sound", "text"] as const) {
      for (let tick = 0; tick < seconds * 50 && client.socket.readyState === client.socket.OPEN; tick++) {
        const due = pause(20);
        for (let at = 0; at < 200; at++) {
          // Whoever is not read from waits, as a client does whose own buffer is full.
          if (client.socket.bufferedAmount > 8 * 2 ** 20) break;
          sent++;
          if (kind === "sound") client.media({ ...SOUND, timeMs: sent * 20 }, bytes(640));
          else client.json({ type: "text", text: "so happy 😀", startMs: sent * 20, endMs: sent * 20 + 10 });
        }
        await due;
      }
    }
    over = true;
    await other;
    const more = rose();
    const dropped = client.of("dropped").reduce((sum, { amount }) => sum + amount, 0);
    hold(more < 512, `memory rose by ${Math.round(more)} MiB`);
    hold(Math.max(...served) < 10_000, `another client waited ${Math.round(Math.max(...served))} ms`);
    client.socket.terminate();
    const fine = await opened(service);
    fine.json({ type: "finish" });
    hold((await fine.closed).code === 1000, "afterwards a stream did not finish");
    return {
      wrong,
      happened: `${sent} messages taken in ${2 * seconds} s (the rest waited with their client), ${dropped} told as dropped; ${served.length} requests of another client, ${Math.round(Math.max(...served))} ms at most; memory +${Math.round(more)} MiB`,
    };
  },
};

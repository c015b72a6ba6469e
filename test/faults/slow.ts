/** Clients that send slowly, or without end. */
import { connect, type Socket } from "node:net";
import { counted, expectations, type Fault, pause, quantile } from "./fault.ts";
import type { ServiceProcess } from "./service-process.ts";

const HEAD = "POST /v1/recognize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
/** Longest text that a client of these tests is told. */
const KEPT = 4_096;

interface Dripped {
  /** From the connection to its end, in ms. */
  readonly ms: number;
  /** Of the answer; 0: none. */
  readonly status: number;
}

/** Sends a start, then a byte now and then until it is sent away. */
async function drip(port: number, start: string, piece: string): Promise<Dripped> {
  const began = performance.now();
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  socket.on("data", (data) => {
    if (heard.length < KEPT) heard += String(data);
  });
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.write(start);
  const timer = setInterval(() => socket.write(piece), 100);
  await new Promise((resolve) => socket.once("close", resolve));
  clearInterval(timer);
  return { ms: performance.now() - began, status: Number(/^HTTP\/1\.1 (\d+)/u.exec(heard)?.[1] ?? 0) };
}

/** Asks again and again as others would. */
async function others(service: ServiceProcess, until: Promise<unknown>): Promise<{ statuses: number[]; ms: number[] }> {
  let over = false;
  void until.then(() => {
    over = true;
  });
  const [statuses, ms]: [number[], number[]] = [[], []];
  while (!over) {
    const answer = await service.post("/v1/recognize", { text: "What a lovely day 😀", keep: false });
    statuses.push(answer.status);
    ms.push(answer.ms);
    await pause(50);
  }
  return { statuses, ms };
}

async function dripped(service: ServiceProcess, clients: number, start: string, piece: string, limitMs: number) {
  const { wrong, hold } = expectations();
  const rose = service.watchMemory();
  const all = Promise.all(Array.from({ length: clients }, () => drip(service.port, start, piece)));
  const served = await others(service, all);
  const ended = await all;
  const longest = Math.max(...ended.map(({ ms }) => ms));
  const more = rose();
  hold(longest < limitMs, `a connection lasted ${Math.round(longest)} ms; expected at most ${limitMs}`);
  hold(
    // On a machine that is busy with other tests, even a short request may come too late.
    served.statuses.every((status) => status === 200 || (!Number.isFinite(limitMs) && status === 408)),
    `others got ${counted(served.statuses)}`,
  );
  hold(more < 256, `memory rose by ${Math.round(more)} MiB`);
  return {
    wrong,
    happened:
      `ended after ${(longest / 1000).toFixed(1)} s at most (${counted(ended.map(({ status }) => status))}); meanwhile ` +
      `${served.statuses.length} requests of others: ${counted(served.statuses)}, p95 ${Math.round(quantile(served.ms, 0.95))} ms; memory +${Math.round(more)} MiB`,
  };
}

const LIMITS = { headersMs: 3_000, requestMs: 8_000 };

export const slowClients: Fault = {
  name: "slow-loris",
  tried:
    "200 clients send a header line, a byte every 0.1 s, and never end it; 200 more announce 32 MiB each and send a byte " +
    "of it every 0.1 s",
  async run({ quick, shared, start }) {
    const service = quick ? await start({ limits: LIMITS }) : await shared();
    await service.ready();
    const clients = quick ? 50 : 200;
    const large = `${HEAD}Content-Length: ${32 * 2 ** 20}\r\n\r\n{"text":"`;
    const [headers, bodies] = await Promise.all([
      dripped(service, clients, `${HEAD}X-Slow: `, "a", quick ? Number.POSITIVE_INFINITY : 30_000),
      dripped(service, clients, large, "a", quick ? Number.POSITIVE_INFINITY : 90_000),
    ]);
    return {
      wrong: [...headers.wrong, ...bodies.wrong],
      happened: `headers: ${headers.happened}; bodies: ${bodies.happened}`,
    };
  },
};

const MIB = 2 ** 20;
/** How long an answer is waited for after the last byte. */
const ANSWER_MS = 5_000;

/** Sends pieces as fast as they are taken until all are sent or the other side ends it. */
async function flood(
  port: number,
  head: string,
  pieces: Iterable<Buffer>,
): Promise<{ sent: number; heard: string; ms: number }> {
  const socket: Socket = connect(port, "127.0.0.1");
  let heard = "";
  let over = false;
  socket.on("data", (data) => {
    if (heard.length < KEPT) heard += String(data);
  });
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) =>
    socket.once("close", () => {
      over = true;
      resolve();
    }),
  );
  await new Promise((resolve) => socket.once("connect", resolve));
  const began = performance.now();
  socket.write(head);
  let sent = 0;
  for (const piece of pieces) {
    if (over) break;
    if (!socket.write(piece)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
    sent += piece.length;
  }
  const ms = performance.now() - began;
  for (let waited = 0; heard === "" && !over && waited < ANSWER_MS; waited += 50) await pause(50);
  socket.destroy();
  return { sent, heard, ms };
}

function* many(bytes: number, wrap: (piece: Buffer) => Buffer = (piece) => piece): Generator<Buffer> {
  const piece = wrap(Buffer.alloc(64 * 1024, "a"));
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
}

const asChunk = (piece: Buffer) =>
  Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);

export const hugeUpload: Fault = {
  name: "upload of 1 GB",
  tried: "1 GiB announced; 1 GiB in chunks of no announced length; 1 GiB as one file of a form",
  async run({ quick, shared }) {
    const { wrong, hold } = expectations();
    const service = await shared();
    await service.ready();
    const bytes = quick ? 64 * MIB : 1024 * MIB;
    const form = "POST /v1/recognize HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n";
    const part = '--x\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n';
    const ways: readonly (readonly [string, string, Iterable<Buffer>])[] = [
      ["announced", `${HEAD}Content-Length: ${bytes}\r\n\r\n`, many(bytes)],
      ["chunked", `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, many(bytes, asChunk)],
      [
        "form",
        `${form}Transfer-Encoding: chunked\r\n\r\n${part.length.toString(16)}\r\n${part}\r\n`,
        many(bytes, asChunk),
      ],
    ];
    const said: string[] = [];
    for (const [name, head, pieces] of ways) {
      const rose = service.watchMemory();
      const { sent, heard, ms } = await flood(service.port, head, pieces);
      const more = rose();
      const status = Number(/^HTTP\/1\.1 (\d+)/u.exec(heard)?.[1] ?? 0);
      hold(status === 413 && heard.includes('"code":"limit"'), `${name}: answered ${status}`);
      hold(more < 256, `${name}: memory rose by ${Math.round(more)} MiB`);
      said.push(
        `${name}: ${status}, ${Math.round(sent / MIB)} MiB taken in ${(ms / 1000).toFixed(1)} s, memory +${Math.round(more)} MiB`,
      );
    }
    const after = await service.post("/v1/recognize", { text: "fine 😀", keep: false });
    hold(after.status === 200, `afterwards a text got ${after.status}`);
    return { wrong, happened: said.join("; ") };
  },
};

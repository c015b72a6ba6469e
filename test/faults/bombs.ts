/** Small files that claim to be, or unfold to be, huge. */
import { deflateSync, gzipSync } from "node:zlib";
import { expectations, type Fault } from "./fault.ts";
import type { Answer } from "./service-process.ts";

const CRC = Uint32Array.from({ length: 256 }, (_, at) => {
  let value = at;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (CRC[(sum ^ byte) & 255] as number) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

function chunk(name: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  size.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([size, body, sum]);
}

/** Black, one bit a pixel. @param rows that are really there */
function png(width: number, height: number, rows = height, more: readonly Buffer[] = []): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.writeUInt8(1, 8);
  const content = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * rows));
  const parts = [chunk("IHDR", head), ...more, chunk("IDAT", content), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}

interface Wave {
  readonly rate: number;
  readonly channels: number;
  readonly bits: number;
  /** Bytes of sound that it claims to hold. */
  readonly claims: number;
  readonly holds: number;
}

function wav({ rate, channels, bits, claims, holds }: Wave): Buffer {
  const head = Buffer.alloc(44);
  const frame = (channels * bits) >> 3;
  head.write("RIFF", 0);
  head.writeUInt32LE(Math.min(0xffffffff, claims + 36), 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE((rate * frame) >>> 0, 28);
  head.writeUInt16LE(frame & 0xffff, 32);
  head.writeUInt16LE(bits, 34);
  head.write("data", 36);
  head.writeUInt32LE(claims, 40);
  return Buffer.concat([head, Buffer.alloc(holds)]);
}

/** A ZIP file of one entry. */
function zip(unfolded: number): Buffer {
  const packed = deflateSync(Buffer.alloc(unfolded)).subarray(2, -4);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(8, 8);
  head.writeUInt32LE(packed.length, 18);
  head.writeUInt32LE(unfolded, 22);
  head.writeUInt16LE(5, 26);
  return Buffer.concat([head, Buffer.from("a.jpg"), packed]);
}

/** Entities of ten of the entity before, nine deep. */
function laughs(): string {
  const entities = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`);
  return `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "ha">${entities.join("")}]><svg xmlns="http://www.w3.org/2000/svg" width="99999" height="99999"><text>&l9;</text></svg>`;
}

/** Groups that use the group before ten times. */
function uses(): string {
  const groups = Array.from({ length: 9 }, (_, at) => `<g id="g${at + 1}">${`<use href="#g${at}"/>`.repeat(10)}</g>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><defs><g id="g0"><rect width="9" height="9"/></g>${groups.join("")}</defs><use href="#g9"/></svg>`;
}

/** JPEG of one grey block, whose frame header is then made to claim more. */
function jpeg(): Buffer {
  const head = "ffd8ffe000104a46494600010100000100010000ffdb004300";
  const frame = "ffc0000b08ffffffff01011100";
  return Buffer.concat([Buffer.from(head, "hex"), Buffer.alloc(64, 1), Buffer.from(`${frame}ffd9`, "hex")]);
}

type Bomb = readonly [name: string, field: "image" | "audio" | "video", bytes: Buffer];

function bombs(quick: boolean): readonly Bomb[] {
  const side = quick ? 10_000 : 40_000;
  const text = chunk(
    "zTXt",
    Buffer.concat([Buffer.from("a\0\0", "latin1"), deflateSync(Buffer.alloc(quick ? 2e7 : 1e9))]),
  );
  return [
    ["PNG that claims 60,000 × 60,000", "image", png(60_000, 60_000, 1)],
    [`PNG of ${side} × ${side} black pixels`, "image", png(side, side)],
    ["PNG whose comment unfolds to 1 GB", "image", png(64, 64, 64, [text])],
    ["JPEG that claims 65,535 × 65,535", "image", jpeg()],
    ["SVG with a billion laughs", "image", Buffer.from(laughs())],
    ["SVG with a billion uses", "image", Buffer.from(uses())],
    ["ZIP of zeros as a picture", "image", zip(quick ? 1e7 : 5e8)],
    ["WAV that claims 4 GiB", "audio", wav({ rate: 16_000, channels: 1, bits: 16, claims: 0xffffffff, holds: 9_000 })],
    [
      "WAV of 4 GHz and 65,535 channels",
      "audio",
      wav({ rate: 0xffffffff, channels: 65_535, bits: 64, claims: 9_000, holds: 9_000 }),
    ],
    ["WAV of 14 hours at 1 Hz", "audio", wav({ rate: 1, channels: 1, bits: 16, claims: 100_000, holds: 100_000 })],
    [
      "WAV of 14 hours of silence",
      "audio",
      wav({ rate: 50, channels: 1, bits: 8, claims: 2_500_000, holds: 2_500_000 }),
    ],
    ["ZIP of zeros as a film", "video", zip(quick ? 1e7 : 5e8)],
  ];
}

/** MiB by which all processes together may grow, whatever is sent. */
const ROOM = 768;

export const mediaBombs: Fault = {
  name: "PNG, JPEG, SVG, ZIP and WAV bombs",
  tried: "12 files of 0.1 kB to 2.5 MB that claim or unfold to 0.5 to 11 GB, one by one, then all at once",
  async run({ quick, shared }) {
    const { wrong, hold } = expectations();
    const service = await shared();
    await service.ready();
    const rose = service.watchMemory();
    const all = bombs(quick);
    const send = ([, field, bytes]: Bomb): Promise<Answer> =>
      service.post("/v1/recognize", { [field]: bytes.toString("base64"), keep: false });
    const said: string[] = [];
    for (const bomb of all) {
      const { status, ms, body } = await send(bomb);
      said.push(`${bomb[0]}: ${status} ${body.code}, ${Math.round(ms)} ms`);
      hold([413, 422, 501].includes(status), `${bomb[0]}: ${status} ${JSON.stringify(body)}`);
    }
    const together = await Promise.all(all.map(send));
    hold(
      together.every(({ status }) => (status >= 400 && status < 500) || [501, 503, 504].includes(status)),
      `all at once: ${together.map(({ status }) => status).join(", ")}`,
    );
    const packed = await service.ask("/v1/recognize", {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: new Uint8Array(gzipSync(Buffer.alloc(quick ? 1e7 : 5e8, " "))),
    });
    said.push(`gzip of blanks as a body: ${packed.status} ${packed.body.code}`);
    hold(packed.status >= 400 && packed.status < 500, `gzip as a body: ${packed.status}`);
    const more = rose();
    hold(more < ROOM, `memory rose by ${Math.round(more)} MiB`);
    const after = await service.post("/v1/recognize", { text: "fine 😀", keep: false });
    hold(after.status === 200, `afterwards a text got ${after.status}`);
    return { wrong, happened: `${said.join("; ")}; memory +${Math.round(more)} MiB in all processes` };
  },
};

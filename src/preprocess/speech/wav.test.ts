import { describe, expect, test } from "vitest";
import { parseWavHeader, readWav, writeWav } from "./wav.ts";

interface Header {
  tag?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  dataSize?: number;
  mask?: number;
}

/** A WAV file with any header, honest or not. */
function wav(body: Uint8Array, header: Header = {}): Uint8Array {
  const { tag = 1, channels = 1, rate = 16_000, bits = 16, dataSize = body.length, mask } = header;
  const formatSize = mask === undefined ? 16 : 40;
  const bytes = new Uint8Array(28 + formatSize + body.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("RIFF"), 0);
  view.setUint32(4, bytes.length - 8, true);
  bytes.set(new TextEncoder().encode("WAVEfmt "), 8);
  view.setUint32(16, formatSize, true);
  view.setUint16(20, mask === undefined ? tag : 0xfffe, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint16(34, bits, true);
  if (mask !== undefined) {
    view.setUint32(40, mask, true);
    view.setUint16(44, tag, true);
  }
  bytes.set(new TextEncoder().encode("data"), 20 + formatSize);
  view.setUint32(24 + formatSize, dataSize, true);
  bytes.set(body, 28 + formatSize);
  return bytes;
}

const bytesOf = (array: Float32Array | Float64Array | Int16Array | Int32Array) =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe("readWav", () => {
  test("reads every sample width at its full scale", () => {
    const half = (body: Uint8Array, header: Header) => [...readWav(wav(body, header)).samples];
    expect(half(Uint8Array.of(192, 128, 0), { bits: 8 })).toEqual([0.5, 0, -1]);
    expect(half(bytesOf(Int16Array.of(16384, 0, -32768)), {})).toEqual([0.5, 0, -1]);
    expect(half(Uint8Array.of(0, 0, 0x40, 0, 0, 0, 0, 0, 0x80), { bits: 24 })).toEqual([0.5, 0, -1]);
    expect(half(bytesOf(Int32Array.of(2 ** 30, 0, -(2 ** 31))), { bits: 32 })).toEqual([0.5, 0, -1]);
    expect(half(bytesOf(Float32Array.of(0.5, 0, -1)), { tag: 3, bits: 32 })).toEqual([0.5, 0, -1]);
    expect(half(bytesOf(Float64Array.of(0.5, 0, -1)), { tag: 3, bits: 64 })).toEqual([0.5, 0, -1]);
  });

  test("mixes stereo by the mean and keeps the rate", () => {
    const sound = readWav(wav(bytesOf(Int16Array.of(16384, 0, -16384, 16384)), { channels: 2, rate: 44_100 }));
    expect([...sound.samples]).toEqual([0.25, 0]);
    expect(sound.sampleRate).toBe(44_100);
  });

  test("mixes 5.1 float so that the centre leads and the subwoofer is left out", () => {
    const body = bytesOf(Float32Array.of(0, 0, 1, 0, 0, 0, /* next block */ 0, 0, 0, 1, 0, 0));
    const { samples } = readWav(wav(body, { tag: 3, bits: 32, channels: 6, mask: 0x3f }));
    // BS.775: 1 / (√½ + √½ + 1 + ½ + ½)
    expect(samples[0]).toBeCloseTo(0.29289, 5);
    expect(samples[1]).toBe(0);
  });

  test("believes the bytes and not a header that promises more or does not know", () => {
    const body = bytesOf(Int16Array.of(1, 2, 3));
    expect(readWav(wav(body, { dataSize: 4_000_000_000 })).samples).toHaveLength(3);
    expect(readWav(wav(body, { dataSize: 0 })).samples).toHaveLength(3);
    expect(readWav(wav(body, { dataSize: 0xffffffff })).samples).toHaveLength(3);
    expect(readWav(wav(body.subarray(0, 5))).samples).toHaveLength(2);
  });

  test("refuses headers that would blow up or make no sense", () => {
    const body = bytesOf(Int16Array.of(1, 2, 3));
    expect(() => readWav(wav(body, { rate: 1 }))).toThrow(expect.objectContaining({ code: "limit" }));
    expect(() => readWav(wav(body, { rate: 4e9 }))).toThrow(expect.objectContaining({ code: "limit" }));
    expect(() => readWav(wav(body, { channels: 65_535 }))).toThrow(expect.objectContaining({ code: "limit" }));
    expect(() => readWav(wav(body, { channels: 0 }))).toThrow(expect.objectContaining({ code: "limit" }));
    expect(() => readWav(wav(body, { bits: 17 }))).toThrow(expect.objectContaining({ code: "media" }));
    expect(() => readWav(wav(body, { tag: 2, bits: 4 }))).toThrow(expect.objectContaining({ code: "media" }));
  });

  test("refuses what is no WAV file, or only the start of one, at every length", () => {
    expect(() => readWav(new Uint8Array(0))).toThrow(expect.objectContaining({ code: "media" }));
    expect(() => readWav(new TextEncoder().encode("this is not sound at all, it is text"))).toThrow(
      /does not start like/,
    );
    const whole = wav(bytesOf(Int16Array.of(1, 2)));
    for (let length = 0; length < 44; length++) {
      expect(() => readWav(whole.subarray(0, length))).toThrow(expect.objectContaining({ code: "media" }));
    }
  });

  test("turns values of a damaged float file that are not finite into silence", () => {
    const body = bytesOf(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, 0.25));
    expect([...readWav(wav(body, { tag: 3, bits: 32 })).samples]).toEqual([0, 0, 0.25]);
  });

  test("asks for more than the head if the samples start behind it", () => {
    const whole = wav(bytesOf(Int16Array.of(1, 2)));
    expect(parseWavHeader(whole.subarray(0, 40), whole.length)).toBeNull();
  });
});

test("writeWav and readWav are inverse, to the step of 16 bits or exactly", () => {
  const sound = { samples: Float32Array.of(0.5, -1, 0.1, 1.5), sampleRate: 8_000 };
  const pcm = readWav(writeWav(sound));
  expect(pcm.sampleRate).toBe(8_000);
  expect(pcm.samples[0]).toBe(0.5);
  expect(pcm.samples[2]).toBeCloseTo(0.1, 4);
  expect(pcm.samples[3]).toBe(32767 / 32768);
  expect(readWav(writeWav(sound, "float32"))).toEqual(sound);
});

/** What every place for blobs does. */
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Blobs } from "../../src/core/blobs.ts";

export async function namesOf(blobs: Blobs): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of blobs.list()) found.push(name);
  return found.sort();
}

/** @param open an empty one */
export function blobsContract(title: string, open: () => Promise<Blobs>): void {
  describe(`blobs in ${title}`, () => {
    test("what is put is there until it is removed; what is put again takes its place", async () => {
      const blobs = await open();
      const [a, b] = [randomUUID(), randomUUID()];
      expect(await namesOf(blobs)).toEqual([]);
      await blobs.put(a, Uint8Array.of(1, 2));
      await blobs.put(b, new Uint8Array(0));
      await blobs.put(a, Uint8Array.of(3));
      expect(await blobs.get(a)).toEqual(Uint8Array.of(3));
      expect(await blobs.get(b)).toEqual(new Uint8Array(0));
      expect(await namesOf(blobs)).toEqual([a, b].sort());
      await blobs.remove(a);
      await blobs.remove(a);
      expect([await blobs.has(a), await blobs.get(a), await blobs.has(b)]).toEqual([false, undefined, true]);
    });

    test("what is larger than a packet comes back byte for byte, and is dated", async () => {
      const blobs = await open();
      const bytes = Uint8Array.from({ length: 300_001 }, (_, index) => (index * index) % 251);
      const name = randomUUID();
      await blobs.put(name, bytes);
      expect(Buffer.compare((await blobs.get(name)) ?? new Uint8Array(0), bytes)).toBe(0);
      const dated: Date[] = [];
      for await (const { at } of blobs.list()) dated.push(at);
      expect(Math.abs((dated[0]?.getTime() ?? 0) - Date.now())).toBeLessThan(600_000);
    });

    test("no name leads anywhere else", async () => {
      const blobs = await open();
      for (const name of ["../../etc/passwd", "", "00/../x", `${randomUUID()}/a`, `${randomUUID()}?acl`]) {
        for (const act of [blobs.get(name), blobs.put(name, new Uint8Array(1)), blobs.has(name), blobs.remove(name)]) {
          await expect(act).rejects.toMatchObject({ code: "internal" });
        }
      }
    });
  });
}

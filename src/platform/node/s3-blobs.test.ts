/** Blobs in a bucket, against a real S3 server, and against one that fails. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { blobsContract, namesOf } from "../../../test/contracts/blobs.ts";
import { type S3Server, startS3 } from "../../../test/support/s3.ts";
import { s3Blobs } from "./s3-blobs.ts";

const folder = mkdtempSync(join(tmpdir(), "affekt-s3-"));
let server: S3Server;

beforeAll(async () => {
  server = await startS3(join(folder, "data"));
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

// A prefix each, so that none sees what another has put there.
blobsContract("a bucket", async () => s3Blobs({ ...server.settings, prefix: `${randomUUID()}/` }));

test("what others put into the bucket is not listed", async () => {
  const blobs = s3Blobs({ ...server.settings, prefix: "own/" });
  const name = randomUUID();
  await blobs.put(name, Uint8Array.of(1));
  await s3Blobs({ ...server.settings, prefix: "own/x" }).put(randomUUID(), Uint8Array.of(1));
  await s3Blobs({ ...server.settings, prefix: "others/" }).put(randomUUID(), Uint8Array.of(1));
  expect(await namesOf(blobs)).toEqual([name]);
});

describe("what is wrong is told", () => {
  const SECRET = "a-secret-that-nobody-may-read";
  test.each([
    ["a bucket that is not there", { bucket: "no-such-bucket" }, /no-such-bucket \(NoSuchBucket\)/, "AFFEKT_S3_BUCKET"],
    ["an unknown key", { accessKeyId: "nobody" }, /InvalidAccessKeyId/, "AFFEKT_S3_ACCESS_KEY_ID"],
    ["a wrong key", { secretAccessKey: SECRET }, /SignatureDoesNotMatch/, "AFFEKT_S3_SECRET_ACCESS_KEY"],
  ])("%s, as what must be corrected", async (_what, wrong, message, hint) => {
    const blobs = s3Blobs({ ...server.settings, ...wrong });
    const expected = { message: expect.stringMatching(message), hint: expect.stringContaining(hint) };
    await expect(blobs.check()).rejects.toMatchObject({ code: "config", ...expected });
    // One after the other: a promise that is refused before it is waited for would count as unhandled.
    const acts = [() => blobs.put(randomUUID(), Uint8Array.of(1)), () => namesOf(blobs), () => blobs.get(randomUUID())];
    for (const act of acts) {
      const failure: unknown = await act().catch((cause: unknown) => cause);
      expect(failure).toMatchObject({ code: "unavailable", ...expected });
      expect(JSON.stringify([failure, String(failure), (failure as Error).stack])).not.toContain(SECRET);
    }
  });

  test("a server that is gone, after as many tries as there are", async () => {
    const blobs = s3Blobs({ ...server.settings, endpoint: "http://127.0.0.1:9", attempts: 2 });
    await expect(blobs.check()).rejects.toMatchObject({ code: "unavailable", message: /does not answer/ });
    await expect(blobs.has(randomUUID())).rejects.toMatchObject({ code: "unavailable" });
  });
});

/** Answers with these, one after the other. */
async function answering(statuses: readonly number[], bodies: readonly string[] = []) {
  const seen: { method: string; url: string; authorization: string; sum: string }[] = [];
  const fake = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    const { authorization = "", "x-amz-content-sha256": sum } = headers;
    seen.push({ method, url, authorization, sum: String(sum) });
    request.resume();
    const at = seen.length - 1;
    response.writeHead(statuses[at] ?? 200, { location: "http://127.0.0.1:9/elsewhere" }).end(bodies[at]);
  });
  await new Promise<void>((resolve) => fake.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void fake.close());
  const endpoint = `http://127.0.0.1:${(fake.address() as AddressInfo).port}`;
  return { seen, blobs: s3Blobs({ ...server.settings, endpoint }) };
}

test("what fails for now is tried again, signed with the sum of its body", async () => {
  const { seen, blobs } = await answering([503, 500]);
  const name = randomUUID();
  await blobs.put(name, new TextEncoder().encode("abc"));
  expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(
    Array.from({ length: 3 }, () => `PUT /affekt-media/affekt/${name}`),
  );
  expect(seen[2]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=S3RVER\/\d{8}\/us-east-1\/s3\/aws4_request, /);
  // SHA-256 of "abc": FIPS 180-2, appendix B.1
  expect(seen[2]?.sum).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("a signed request follows nobody elsewhere, and is not repeated where that would not help", async () => {
  const { seen, blobs } = await answering([301, 403]);
  const moved = { code: "unavailable", hint: expect.stringContaining("AFFEKT_S3_REGION") };
  await expect(blobs.get(randomUUID())).rejects.toMatchObject(moved);
  await expect(blobs.get(randomUUID())).rejects.toMatchObject({ hint: expect.stringContaining("Allow this key") });
  expect(seen).toHaveLength(2);
});

// The real server that tests have cannot do this: its tokens need a cipher that OpenSSL 3 no longer has.
test("a list of several answers is read to its end", async () => {
  const names = [randomUUID(), randomUUID()];
  const page = (name: string | undefined, more: string) =>
    `<ListBucketResult>${more}<Contents><Key>affekt/${name}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><Size>1</Size></Contents></ListBucketResult>`;
  const { seen, blobs } = await answering(
    [],
    [
      page(names[0], "<IsTruncated>true</IsTruncated><NextContinuationToken>a+/=</NextContinuationToken>"),
      page(names[1], "<IsTruncated>false</IsTruncated>"),
    ],
  );
  const found = [];
  for await (const one of blobs.list()) found.push(one);
  expect(found).toEqual(names.map((name) => ({ name, at: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)) })));
  expect(new URL(seen[1]?.url ?? "", "http://a").searchParams.get("continuation-token")).toBe("a+/=");
});

import { expect, test } from "vitest";
import { s3Settings } from "./media-storage.ts";

const SECRET = "a-secret-that-nobody-may-read";
const whole = {
  AFFEKT_S3_ENDPOINT: "https://s3.example.org",
  AFFEKT_S3_BUCKET: "media",
  AFFEKT_S3_ACCESS_KEY_ID: "id",
  AFFEKT_S3_SECRET_ACCESS_KEY: SECRET,
};

test("nothing said is a folder; all said is a bucket, in us-east-1 unless named", () => {
  expect(s3Settings({ AFFEKT_S3_BUCKET: " " })).toBeUndefined();
  expect(s3Settings(whole)).toMatchObject({ endpoint: "https://s3.example.org", bucket: "media", region: "us-east-1" });
  expect(s3Settings({ ...whole, AFFEKT_S3_REGION: "eu-central-1" })).toMatchObject({ region: "eu-central-1" });
});

test.each([
  [{ AFFEKT_S3_SECRET_ACCESS_KEY: "" }, "AFFEKT_S3_SECRET_ACCESS_KEY is not set"],
  [{ AFFEKT_S3_BUCKET: "", AFFEKT_S3_ACCESS_KEY_ID: "" }, "AFFEKT_S3_BUCKET and AFFEKT_S3_ACCESS_KEY_ID are not set"],
  [{ AFFEKT_S3_ENDPOINT: "s3.example.org" }, "is not an address"],
  [{ AFFEKT_S3_ENDPOINT: "file:///etc" }, "neither http nor https"],
  [{ AFFEKT_S3_ENDPOINT: `https://id:${SECRET}@s3.example.org` }, "more than an address"],
  [{ AFFEKT_S3_BUCKET: "../other" }, "no name of a bucket"],
])("%o is told, without the key", (change, message) => {
  let told: unknown;
  try {
    s3Settings({ ...whole, ...change });
  } catch (cause) {
    told = cause;
  }
  expect(told).toMatchObject({ code: "config", message: expect.stringContaining(message) });
  expect(`${String(told)} ${(told as { hint: string }).hint}`).not.toContain(SECRET);
});

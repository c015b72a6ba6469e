/**
 * Blobs in a bucket of an object storage that speaks S3 (AWS, MinIO, Ceph, R2, …): for workers on machines that share
 * no folder. Requests are signed (AWS Signature, version 4), addressed by path, and tried again where that may help.
 */
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import type { Blobs } from "../../core/blobs.ts";
import { AffektError } from "../../core/errors.ts";
import { checkBlobName, isBlobName } from "./blob-name.ts";

export interface S3Options {
  /** Such as `https://s3.eu-central-1.amazonaws.com` or `http://minio:9000`. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that last for a while only. */
  readonly sessionToken?: string | undefined;
  /** Before every name, so that a bucket may hold other things too. Default `affekt/`. */
  readonly prefix?: string | undefined;
  /** How often a request is tried. Default 4, with pauses of 0.2, 0.4 and 0.8 s. */
  readonly attempts?: number | undefined;
}

export interface S3Blobs extends Blobs {
  /**
   * Whether there is such a bucket, and the key opens it.
   *
   * @throws AffektError `config` if not; `unavailable` if nobody answers
   */
  check(): Promise<void>;
}

/** Of one try, until the whole answer is there. */
const TRY_MS = 20_000;
/** No try begins later than that: whoever sent the media waits. */
const LATEST_MS = 20_000;
const FIRST_PAUSE_MS = 200;
const ATTEMPTS = 4;
/** Another try may end otherwise. */
const PASSING: readonly number[] = [408, 429, 500, 502, 503, 504];

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** What the storage says is wrong, such as `NoSuchBucket`. Its messages quote requests and are not repeated. */
function codeOf({ status, body }: Answer): string {
  const text = Buffer.from(body.subarray(0, 10_000)).toString("utf8");
  return /<Code>([A-Za-z0-9]{1,64})<\/Code>/u.exec(text)?.[1] ?? `status ${status}`;
}

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`, "u").exec(xml)?.[1];
}

export function s3Blobs(options: S3Options): S3Blobs {
  const { bucket, region, accessKeyId, secretAccessKey, sessionToken, prefix = "affekt/" } = options;
  const { attempts = ATTEMPTS } = options;
  const base = `${options.endpoint.replace(/\/+$/u, "")}/${bucket}`;
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service: "s3",
    region,
    retries: 0,
  });

  function addressOf(name: string): string {
    checkBlobName(name);
    return `${base}/${prefix}${name}`;
  }

  /** What an answer that was not expected says about the settings; its wording never holds a key. */
  function refused(answer: Answer): AffektError {
    const code = codeOf(answer);
    const hints: Readonly<Record<string, string>> = {
      NoSuchBucket: "Make the bucket, or correct AFFEKT_S3_BUCKET.",
      InvalidAccessKeyId: "Correct AFFEKT_S3_ACCESS_KEY_ID.",
      SignatureDoesNotMatch: "Correct AFFEKT_S3_SECRET_ACCESS_KEY.",
      RequestTimeTooSkewed: "Set the clock of this machine.",
      AccessDenied: "Allow this key to list the bucket, and to read, write and delete objects in it.",
      "status 403": "Allow this key to list the bucket, and to read, write and delete objects in it.",
      "status 404": "Make the bucket, or correct AFFEKT_S3_BUCKET and AFFEKT_S3_ENDPOINT.",
    };
    const moved = answer.status >= 300 && answer.status < 400;
    return new AffektError(
      "unavailable",
      `The object storage refuses the bucket ${bucket} (${code}).`,
      hints[code] ??
        (moved
          ? "Correct AFFEKT_S3_REGION and AFFEKT_S3_ENDPOINT."
          : "Whoever runs this service: see what this code of S3 means."),
    );
  }

  function away(reason: string): AffektError {
    return new AffektError(
      "unavailable",
      `The object storage does not answer (${reason}).`,
      "Whoever runs this service: check that it runs and can be reached from here.",
    );
  }

  async function tryOnce(method: string, url: string, body: Uint8Array<ArrayBuffer> | undefined): Promise<Answer> {
    const reply = await client.fetch(url, {
      method,
      // A body that changes on its way is refused.
      headers: {
        "x-amz-content-sha256": createHash("sha256")
          .update(body ?? new Uint8Array(0))
          .digest("hex"),
      },
      // A signed request is not repeated to whomever an answer names.
      redirect: "manual",
      signal: AbortSignal.timeout(TRY_MS),
      ...(body === undefined ? {} : { body }),
    });
    return { status: reply.status, body: new Uint8Array(await reply.arrayBuffer()) };
  }

  /** @throws AffektError `unavailable` */
  async function ask(method: string, url: string, body?: Uint8Array): Promise<Answer> {
    let reason = "no reason";
    const begun = performance.now();
    for (let attempt = 0; attempt < attempts && performance.now() - begun < LATEST_MS; attempt++) {
      if (attempt > 0) await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      try {
        const answer = await tryOnce(method, url, body as Uint8Array<ArrayBuffer> | undefined);
        if (!PASSING.includes(answer.status)) return answer;
        reason = codeOf(answer);
      } catch (cause) {
        const { name, cause: inner } = cause as { name: string; cause?: { code?: string } };
        reason = inner?.code ?? name;
      }
    }
    throw away(reason);
  }

  const isFine = ({ status }: Answer): boolean => status >= 200 && status < 300;

  async function page(token: string | undefined): Promise<string> {
    const query = new URLSearchParams({ "list-type": "2", prefix });
    if (token !== undefined) query.set("continuation-token", token);
    const answer = await ask("GET", `${base}?${query}`);
    if (!isFine(answer)) throw refused(answer);
    return Buffer.from(answer.body).toString("utf8");
  }

  return {
    async put(name, bytes) {
      const answer = await ask("PUT", addressOf(name), bytes);
      if (!isFine(answer)) throw refused(answer);
    },
    async get(name) {
      const answer = await ask("GET", addressOf(name));
      if (isFine(answer)) return answer.body;
      if (answer.status === 404 && codeOf(answer) !== "NoSuchBucket") return undefined;
      throw refused(answer);
    },
    async has(name) {
      const answer = await ask("HEAD", addressOf(name));
      if (isFine(answer)) return true;
      if (answer.status === 404) return false;
      throw refused(answer);
    },
    async remove(name) {
      const answer = await ask("DELETE", addressOf(name));
      if (isFine(answer) || (answer.status === 404 && codeOf(answer) !== "NoSuchBucket")) return;
      throw refused(answer);
    },
    async *list() {
      let token: string | undefined;
      do {
        const xml = await page(token);
        for (const [, object = ""] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gsu)) {
          const key = element(object, "Key") ?? "";
          const at = new Date(element(object, "LastModified") ?? "");
          const name = key.slice(prefix.length);
          // What others put there is none of ours.
          if (key.startsWith(prefix) && isBlobName(name) && !Number.isNaN(at.getTime())) yield { name, at };
        }
        token = element(xml, "IsTruncated") === "true" ? element(xml, "NextContinuationToken") : undefined;
      } while (token !== undefined);
    },
    async check() {
      const answer = await ask("GET", `${base}?${new URLSearchParams({ "list-type": "2", "max-keys": "1", prefix })}`);
      if (isFine(answer)) return;
      const { message, hint } = refused(answer);
      throw new AffektError("config", message, hint);
    },
  };
}

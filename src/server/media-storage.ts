/** Where the sealed media of jobs lie: in a bucket that the environment names, or in a folder. */
import { AffektError } from "../core/errors.ts";
import type { S3Options } from "../platform/node/s3-blobs.ts";

const NAMES = {
  endpoint: "AFFEKT_S3_ENDPOINT",
  bucket: "AFFEKT_S3_BUCKET",
  accessKeyId: "AFFEKT_S3_ACCESS_KEY_ID",
  secretAccessKey: "AFFEKT_S3_SECRET_ACCESS_KEY",
} as const;

/** Keys are read from the environment alone, so that neither a command line nor a file shows them. */
type Environment = Readonly<Record<string, string | undefined>>;

function checkEndpoint(endpoint: string): void {
  const wrong = (what: string): AffektError =>
    new AffektError(
      "config",
      `AFFEKT_S3_ENDPOINT ${what}.`,
      "Write something like https://s3.eu-central-1.amazonaws.com or http://minio:9000; keys have variables of their own.",
    );
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    throw wrong("is not an address");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") throw wrong("is neither http nor https");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw wrong("holds more than an address");
  }
}

/** @returns undefined if the environment says nothing of S3 @throws AffektError `config` if it says half of it */
export function s3Settings(environment: Environment): S3Options | undefined {
  const said = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const { endpoint, bucket, accessKeyId, secretAccessKey } = {
    endpoint: said(NAMES.endpoint),
    bucket: said(NAMES.bucket),
    accessKeyId: said(NAMES.accessKeyId),
    secretAccessKey: said(NAMES.secretAccessKey),
  };
  if (endpoint === undefined && bucket === undefined) return undefined;
  if (endpoint === undefined || bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) {
    const missing = Object.values(NAMES).filter((name) => said(name) === undefined);
    throw new AffektError(
      "config",
      `Object storage is half configured: ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not set.`,
      "Set all of them, or none to use a folder.",
    );
  }
  checkEndpoint(endpoint);
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u.test(bucket)) {
    throw new AffektError("config", "AFFEKT_S3_BUCKET is no name of a bucket.", "Use 3 to 63 of a-z, 0-9, . and -.");
  }
  return {
    endpoint,
    bucket,
    region: said("AFFEKT_S3_REGION") ?? "us-east-1",
    accessKeyId,
    secretAccessKey,
    sessionToken: said("AFFEKT_S3_SESSION_TOKEN"),
    prefix: said("AFFEKT_S3_PREFIX"),
  };
}

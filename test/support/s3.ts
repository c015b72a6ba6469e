/** A real S3 server on this machine, over a folder. */
import { mkdirSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
// @ts-expect-error it has no types
import S3rver from "@20minutes/s3rver";
import type { S3Options } from "../../src/platform/node/s3-blobs.ts";

interface Running {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
  httpServer: Server;
}
type S3rverClass = new (options: Readonly<Record<string, unknown>>) => Running;

export interface S3Server {
  readonly settings: S3Options;
  /** Its files of a bucket. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** @param folder whose contents outlast the server; @param port 0: any that is free */
export async function startS3(folder: string, port = 0): Promise<S3Server> {
  const bucket = "affekt-media";
  mkdirSync(folder, { recursive: true });
  const server = new (S3rver as S3rverClass)({
    port,
    address: "127.0.0.1",
    directory: folder,
    silent: true,
    configureBuckets: [{ name: bucket }],
  });
  const { port: own } = await server.run();
  return {
    settings: {
      endpoint: `http://127.0.0.1:${own}`,
      bucket,
      region: "us-east-1",
      accessKeyId: "S3RVER",
      secretAccessKey: "S3RVER",
    },
    folder: join(folder, bucket),
    async stop() {
      (server.httpServer as Server & { closeAllConnections?(): void }).closeAllConnections?.();
      await server.close();
    },
  };
}

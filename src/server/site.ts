/**
 * The web app and the files that it recognizes with. A page that shows a camera is worth attacking: it may load nothing
 * from elsewhere, run nothing but its own files, and nobody may frame it.
 */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { AffektError } from "../core/errors.ts";
import { CATALOGUE_PATH } from "../recognize/catalogue.ts";

export interface SiteFile {
  /** Content type. */
  readonly type: string;
  /** Whether its address changes with its content. */
  readonly immutable: boolean;
  read(): Promise<Uint8Array>;
}

/** Files by path, each beginning with `/`. */
export type Site = ReadonlyMap<string, SiteFile>;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};

/** WebAssembly is compiled, never evaluated as script; a picture may come from a file that the person chose. */
export const APP_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const DEVICES = "camera=(self), microphone=(self), geolocation=(), display-capture=(), payment=(), usb=()";

/** Where `npm run build` puts the web app. */
export function builtApp(): string {
  return fileURLToPath(new URL("../../dist/web/", import.meta.url));
}

/** The files of a built web app; none if it is not built. */
export async function appFiles(folder: string = builtApp()): Promise<Site> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const site = new Map<string, SiteFile>();
  for (const name of names) {
    const path = `/${name.replaceAll("\\", "/")}`;
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const file = { type, immutable: path.startsWith("/assets/"), read: () => readFile(`${folder}/${name}`) };
    site.set(path === "/index.html" ? "/" : path, file);
  }
  return site;
}

const compress = promisify(gzip);
/** Below this many bytes nothing is won by compressing. */
const SMALL = 1024;

interface Ready {
  readonly bytes: Uint8Array;
  readonly packed: Uint8Array | undefined;
  readonly etag: string;
}

async function prepare({ type, read }: SiteFile): Promise<Ready> {
  const bytes = await read();
  const packable = bytes.length > SMALL && !/woff2|octet-stream/u.test(type);
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  return { bytes, packed: packable ? await compress(bytes) : undefined, etag };
}

function sender(): (file: SiteFile, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  const prepared = new Map<SiteFile, Promise<Ready>>();
  return async (file, request, reply) => {
    let ready = prepared.get(file);
    if (ready === undefined) {
      ready = prepare(file);
      prepared.set(file, ready);
      ready.catch(() => prepared.delete(file));
    }
    const { bytes, packed, etag } = await ready;
    reply.headers({
      "content-security-policy": APP_POLICY,
      "permissions-policy": DEVICES,
      "cross-origin-opener-policy": "same-origin",
      "cache-control": file.immutable ? "public, max-age=31536000, immutable" : "no-cache",
      vary: "accept-encoding",
      etag,
    });
    if (request.headers["if-none-match"] === etag) return reply.code(304).send();
    reply.type(file.type);
    if (packed === undefined || !/\bgzip\b/u.test(request.headers["accept-encoding"] ?? "")) {
      return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    return reply.header("content-encoding", "gzip").send(packed);
  };
}

export interface SiteParts {
  readonly app: Site;
  /** What lies under `/files/`, asked each time. */
  readonly files: () => Promise<Site>;
}

/** Serves files, each read once and, where that helps, compressed once. Everybody may fetch them: they hold no data. */
export function mountSite(server: FastifyInstance, { app, files }: SiteParts): void {
  const send = sender();
  for (const [path, file] of app) server.get(path, (request, reply) => send(file, request, reply));
  server.get("/files/:name", async (request, reply) => {
    const file = (await files()).get(request.url);
    if (file !== undefined) return send(file, request, reply);
    throw new AffektError("not-found", "There is no such file here.", `${CATALOGUE_PATH} names those that there are.`);
  });
}

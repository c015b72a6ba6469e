import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mountSite, type Site, type SiteFile } from "./site.ts";

const file = (type: string): SiteFile => ({
  type,
  immutable: false,
  read: async () => new TextEncoder().encode("own"),
});
const SCRIPT = "text/javascript; charset=utf-8";
const APP: Site = new Map([
  ["/", file("text/html; charset=utf-8")],
  ["/assets/worker-abc.js", file(SCRIPT)],
  ["/service-worker.js", file(SCRIPT)],
]);

/** From where a page, or a worker with its own policy, may load what. */
function sources(policy: string | undefined): Record<string, string[]> {
  return Object.fromEntries(
    (policy ?? "").split("; ").map((line) => {
      const [name = "", ...from] = line.split(" ");
      return [name, from];
    }),
  );
}

let server: FastifyInstance;
beforeAll(() => {
  server = fastify();
  mountSite(server, { app: APP, files: async () => new Map([["/files/text.onnx", file("application/octet-stream")]]) });
});
afterAll(() => server.close());

const PATHS = [...APP.keys(), "/files/text.onnx"];

test.each(PATHS)(
  "%s may load nothing from elsewhere, run nothing but its own files, and be framed by nobody",
  async (path) => {
    const { statusCode, headers } = await server.inject(path);
    expect(statusCode).toBe(200);
    const policy = sources(headers["content-security-policy"] as string | undefined);
    expect(policy["default-src"]).toEqual(["'none'"]);
    expect(policy["script-src"]).toEqual(["'self'", "'wasm-unsafe-eval'"]);
    expect(policy["frame-ancestors"]).toEqual(["'none'"]);
    const known = ["'none'", "'self'", "'wasm-unsafe-eval'", "blob:"];
    expect(
      Object.values(policy)
        .flat()
        .filter((from) => !known.includes(from)),
    ).toEqual([]);
    expect(headers["permissions-policy"]).toMatch(/^camera=\(self\), microphone=\(self\), geolocation=\(\)/u);
  },
);

test.each(PATHS)("%s has the same policy when the browser has it already", async (path) => {
  const { headers } = await server.inject(path);
  const again = await server.inject({ url: path, headers: { "if-none-match": String(headers.etag) } });
  expect(again.statusCode).toBe(304);
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(again.headers["content-security-policy"]).toBe(headers["content-security-policy"]);
});

/** Jobs on the real server, with real processes and networks of a few numbers, on both engines. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hasPostgres, type PostgresServer, startPostgres } from "../../../test/support/postgres.ts";
import { tinyFace, tinyText } from "../../../test/support/tiny-models.ts";
import { readParquet } from "../../platform/node/parquet.ts";
import { type Service, startService } from "../service.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 600_000 });

if (!hasPostgres) console.log("skipped: jobs on a PostgreSQL server (apt install postgresql)");

const engines: [string, boolean][] = [
  ["PGlite", true],
  ["PostgreSQL", hasPostgres],
];

for (const [engine, present] of engines)
  describe.skipIf(!present)(`POST /v1/jobs on ${engine}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "affekt-jobs-"));
    const mediaDir = join(folder, "media");
    const log: string[] = [];
    let server: PostgresServer | undefined;
    let service: Service;

    beforeAll(async () => {
      const models = join(folder, "models");
      mkdirSync(models);
      writeFileSync(join(models, "text.onnx"), tinyText());
      writeFileSync(join(models, "face.onnx"), tinyFace());
      if (engine === "PostgreSQL") server = await startPostgres();
      service = await startService({
        version: "1.2.3",
        port: 0,
        models,
        workers: 1,
        mediaDir,
        databaseUrl: server?.url,
        limits: { bodyBytes: 400_000, jobItems: 20 },
        log: { write: (line) => void log.push(line) },
      });
    });
    afterAll(async () => {
      await service?.close();
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    async function ask(path: string, init: RequestInit = {}) {
      const reply = await fetch(`${service.url}${path}`, init);
      const text = await reply.text();
      const isJson = /\/(?:problem\+)?json\b/.test(reply.headers.get("content-type") ?? "");
      // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
      return { status: reply.status, headers: reply.headers, body: (isJson ? JSON.parse(text) : text) as any };
    }
    const post = (body: unknown, path = "/v1/jobs") =>
      ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    async function finished(id: string) {
      // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
      let job: any;
      await vi.waitUntil(async () => (job = (await ask(`/v1/jobs/${id}`)).body).state !== "running", {
        timeout: 200_000,
        interval: 100,
      });
      return job;
    }
    const results = async (id: string) =>
      ((await ask(`/v1/jobs/${id}/results`)).body as string)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    const files = () =>
      readdirSync(mediaDir, { recursive: true, encoding: "utf8" }).filter((path) => /[0-9a-f-]{36}$/.test(path));

    test("texts are recognized in order, each once, with a result or a problem", async () => {
      const inputs = [{ id: "a", text: "😀", subject: "p-1" }, { text: "" }, { id: "=c", text: "😡", session: "s" }];
      const { status, body } = await post({ inputs });
      expect(status).toBe(202);
      expect(body).toMatchObject({ state: "running", total: 3 });
      expect(await finished(body.id)).toMatchObject({ state: "done", counts: { done: 2, failed: 1, waiting: 0 } });
      expect(await results(body.id)).toMatchObject([
        { index: 0, id: "a", subject: "p-1", state: "done", prediction: { label: "joy", subject: "p-1" } },
        { index: 1, state: "failed", problem: { code: "input" } },
        { index: 2, id: "=c", session: "s", prediction: { label: "anger" } },
      ]);
      const kept = (await ask("/v1/predictions?subject=p-1")).body.predictions;
      expect(kept).toMatchObject([{ label: "joy" }]);
      const csv = (await ask(`/v1/jobs/${body.id}/results?format=csv`)).body as string;
      expect(csv.split("\n")[0]).toBe("index,id,subject,session,state,label,confidence,abstained,code,detail");
      expect(csv.split("\n")[3]).toMatch(/^2,'=c,,s,done,anger,0\.7/);
      expect((await ask("/v1/jobs?limit=1")).body.jobs[0].id).toBe(body.id);
    });

    test("results come as Parquet too", async () => {
      const { body } = await post({ inputs: [{ id: "a", text: "😀" }], keep: false });
      await finished(body.id);
      const reply = await fetch(`${service.url}/v1/jobs/${body.id}/results?format=parquet`);
      const path = join(folder, "results.parquet");
      writeFileSync(path, new Uint8Array(await reply.arrayBuffer()));
      const rows: Record<string, unknown>[] = [];
      for await (const row of readParquet(path)) rows.push(row);
      expect(rows).toMatchObject([{ index: 0, id: "a", state: "done", label: "joy" }]);
    });

    test("JSON Lines and files with a manifest are jobs too; large media wait sealed in the folder and go", async () => {
      const lines = '{"text":"😀"}\n\n{"text":"😡","id":"b"}\n';
      const headers = { "content-type": "application/x-ndjson" };
      const sent = await ask("/v1/jobs?keep=false", { method: "POST", headers, body: lines });
      expect(sent).toMatchObject({ status: 202, body: { total: 2 } });
      expect((await finished(sent.body.id)).counts.done).toBe(2);
      expect(await ask("/v1/jobs", { method: "POST", headers, body: '{"text":"😀"}\n{' })).toMatchObject({
        status: 400,
        body: { code: "input", detail: "Line 2 is not valid JSON." },
      });

      const raw = Buffer.from(Uint8Array.from({ length: 200 * 200 * 3 }, (_, at) => (at * 7919) % 251));
      const png = await sharp(raw, { raw: { width: 200, height: 200, channels: 3 } })
        .png({ compressionLevel: 0 })
        .toBuffer();
      const form = new FormData();
      form.set("manifest", '{"id":"one","image":"face.png","text":"😀"}\n{"id":"two","image":"other.png"}');
      form.set("face.png", new Blob([new Uint8Array(png)]), "face.png");
      form.set("keepMediaDays", "1");
      form.set("keep", "false");
      expect(await ask("/v1/jobs", { method: "POST", body: form })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: "/inputs/1/image" }] },
      });
      form.set("manifest", '{"id":"one","image":"face.png","text":"😀","subject":"seen"}');
      const job = await ask("/v1/jobs", { method: "POST", body: form });
      expect(job.status).toBe(202);
      await finished(job.body.id);
      expect((await results(job.body.id))[0].prediction.modalities.face.code).toBe("no-face");
      // Its owner asked to keep it: it is there, and shows nothing of the picture.
      const [kept] = files();
      expect(readFileSync(join(mediaDir, kept ?? "")).includes(png.subarray(0, 24))).toBe(false);
      const { body } = await ask("/v1/subjects/seen", { method: "DELETE" });
      expect(body).toMatchObject({ erased: { jobItems: 1, mediaFiles: 1 }, remaining: { jobItems: 0, mediaFiles: 0 } });
      expect(files()).toEqual([]);

      const plain = new FormData();
      plain.append("files", new Blob([new Uint8Array(png)]), "a.png");
      plain.append("files", new Blob(["😡"], { type: "text/plain" }), "b.txt");
      const two = await ask("/v1/jobs", { method: "POST", body: plain });
      expect(await finished(two.body.id)).toMatchObject({ counts: { done: 1, failed: 1 } });
      expect((await results(two.body.id)).map(({ id }) => id)).toEqual(["a.png", "b.txt"]);
      await vi.waitUntil(() => files().length === 0, { timeout: 10_000 });
    });

    test("a cancelled job stops, a deleted one is gone, and neither is shown to others", async () => {
      const { body } = await post({ inputs: Array.from({ length: 20 }, () => ({ text: "😀" })), keep: false });
      const cancelled = await post(undefined, `/v1/jobs/${body.id}/cancel`);
      expect([200, 409]).toContain(cancelled.status);
      const job = await finished(body.id);
      expect(job.counts.done + job.counts.cancelled).toBe(20);
      expect(await post(undefined, `/v1/jobs/${body.id}/cancel`)).toMatchObject({
        status: 409,
        body: { code: "conflict" },
      });
      expect((await post(undefined, `/v1/jobs/${body.id}/replay`)).body.replayed).toBe(0);
      expect((await ask(`/v1/jobs/${body.id}`, { method: "DELETE" })).status).toBe(200);
      for (const path of [`/v1/jobs/${body.id}`, `/v1/jobs/${body.id}/results`]) {
        expect((await ask(path)).status).toBe(404);
      }
    });

    test("what is wrong is refused whole", async () => {
      for (const body of [{}, { inputs: [] }, { inputs: [{ text: 1 }] }, { inputs: [{ no: 1 }] }, []]) {
        expect(await post(body), JSON.stringify(body)).toMatchObject({ status: 400, body: { code: "input" } });
      }
      expect((await post({ inputs: Array(21).fill({ text: "😀" }) })).status).toBe(400);
      expect((await ask("/v1/jobs/no-id")).status).toBe(400);
      const headers = { "content-type": "application/x-ndjson" };
      expect((await ask("/v1/recognize", { method: "POST", headers, body: "{}" })).status).toBe(415);
      expect((await ask("/v1/jobs", { method: "POST", headers, body: "{}\n".repeat(21) })).status).toBe(413);
    });

    test("feedback and consents are noted, and go with their subject", async () => {
      const { body } = await post({ text: "😀", subject: "told" }, "/v1/recognize");
      const said = await post({ prediction: body.id, label: "anger" }, "/v1/feedback");
      expect(said.status).toBe(201);
      expect((await post({ prediction: said.body.id, label: "anger" }, "/v1/feedback")).status).toBe(404);
      expect((await post(undefined, `/v1/feedback/${said.body.id}/review`)).status).toBe(200);
      const listed = await ask("/v1/feedback?reviewed=true&limit=1");
      expect(listed.body).toMatchObject({ feedback: [{ label: "anger", subject: "told" }], next: null });
      const consent = { subject: "told", purpose: "care", jurisdiction: "EU", basis: "consent" };
      const given = await post(consent, "/v1/consents");
      expect(given).toMatchObject({ status: 201, body: { ...consent, withdrawnAt: null } });
      expect((await post(undefined, `/v1/consents/${given.body.id}/withdraw`)).status).toBe(200);
      expect((await post(undefined, `/v1/consents/${given.body.id}/withdraw`)).status).toBe(404);
      expect((await ask("/v1/consents?subject=told")).body.consents).toHaveLength(1);
      const { erased } = (await ask("/v1/subjects/told", { method: "DELETE" })).body;
      expect(erased).toMatchObject({ predictions: 1, feedback: 1, consents: 1 });
    });

    test("logs say nothing of what was sent", () => {
      expect(log.join("")).not.toMatch(/😀|😡|p-1|face\.png/u);
    });
  });

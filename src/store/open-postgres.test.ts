import { expect, onTestFinished, test, vi } from "vitest";
import { hasPostgres, startPostgres } from "../../test/support/postgres.ts";
import { openStore } from "./open.ts";

vi.setConfig({ testTimeout: 120_000 });

if (!hasPostgres) console.log("skipped: a database that starts late (apt install postgresql)");
test.skipIf(!hasPostgres || process.env.AFFEKT_TEST_DATABASE_URL !== undefined)(
  "a database that starts later than the service is waited for, and one that ends in a transaction ends nothing else",
  async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    await server.crash?.();
    const opening = openStore({ databaseUrl: server.url });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    server.restart?.();
    const store = await opening;
    onTestFinished(() => store.close());
    const id = "00000000-0000-4000-8000-000000000000";
    const job = { id, createdAt: new Date(), modalities: null, keep: true, mediaUntil: null };
    const cut = store.addJob("o", job, [{ id, input: new Uint8Array(1) }], async () => server.crash?.());
    await expect(cut).rejects.toMatchObject({ code: "unavailable" });
    server.restart?.();
    await vi.waitUntil(
      () =>
        store
          .ping()
          .then(() => true)
          .catch(() => false),
      { timeout: 60_000, interval: 200 },
    );
    expect(await store.findJob("o", id)).toBeUndefined();
  },
);

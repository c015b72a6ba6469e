/** Requests without a key, or with one that does not open what is asked for. */
import { join } from "node:path";
import { idOf } from "../../src/server/api-key.ts";
import { openKeyRing } from "../../src/server/key-ring.ts";
import { counted, expectations, type Fault } from "./fault.ts";

export const wrongKeys: Fault = {
  name: "missing, wrong, expired and revoked keys; another's subject",
  tried:
    "every such key at five addresses; predictions, erasure, feedback, consents and jobs of a subject with another owner's key",
  covered: "src/server/keys.test.ts",
  async run({ folder, start }) {
    const { wrong, hold } = expectations();
    const dataDir = join(folder, "data");
    const ring = await openKeyRing({ dataDir });
    const scopes = ["recognize", "read", "admin"] as const;
    const [own, other, revoked, expired] = await Promise.all([
      ring.add({ name: "own", owner: "a", scopes }),
      ring.add({ name: "other", owner: "b", scopes }),
      ring.add({ name: "revoked", owner: "a", scopes }),
      ring.add({ name: "expired", owner: "a", scopes, days: -1 }),
    ]);
    await ring.close();
    const service = await start({ dataDir });
    await service.ready();
    const as = (key: string | undefined): Record<string, string> =>
      key === undefined ? {} : { authorization: `Bearer ${key}` };
    const json = { "content-type": "application/json" };
    await service.ask(`/v1/keys/${idOf(revoked)}`, { method: "DELETE", headers: as(own) });
    const sample = (key: string | undefined) => [
      service.post("/v1/recognize", { text: "fine 😀", subject: "p" }, as(key)),
      service.ask("/v1/predictions?subject=p", { headers: as(key) }),
      service.ask("/v1/subjects/p", { method: "DELETE", headers: as(key) }),
      service.ask("/v1/jobs", { headers: as(key) }),
      service.ask("/metrics", { headers: as(key) }),
    ];
    const altered = `${own.slice(0, -1)}${own.endsWith("A") ? "B" : "A"}`;
    const closed = await Promise.all([undefined, "nonsense", altered, expired, revoked].flatMap(sample));
    hold(
      closed.every(({ status, body }) => status === 401 && body.code === "unauthorized"),
      `without a valid key: ${counted(closed.map(({ status }) => status))}`,
    );
    const kept = await service.post("/v1/recognize", { text: "fine 😀", subject: "p" }, as(own));
    hold(kept.status === 200, `with its own key: ${kept.status}`);
    const job = await service.post("/v1/jobs", { inputs: [{ text: "fine 😀", subject: "p" }] }, as(own));
    const list = await service.ask("/v1/predictions?subject=p", { headers: as(other) });
    const erased = await service.ask("/v1/subjects/p", { method: "DELETE", headers: as(other) });
    const foreign = await Promise.all(
      ["", "/results", "/cancel", "/replay"].map((path, at) =>
        service.ask(`/v1/jobs/${job.body.id}${path}`, { method: at < 2 ? "GET" : "POST", headers: as(other) }),
      ),
    );
    const said = await service.ask("/v1/feedback", {
      method: "POST",
      headers: { ...json, ...as(other) },
      body: JSON.stringify({ prediction: kept.body.id, label: "joy" }),
    });
    hold(list.body.predictions.length === 0, "another owner saw predictions");
    hold(
      Object.values(erased.body.erased as Record<string, number>).every((rows) => rows === 0),
      "another owner erased rows",
    );
    hold(
      foreign.every(({ status }) => status === 404),
      `a job of another: ${counted(foreign.map(({ status }) => status))}`,
    );
    hold(said.status >= 400 && said.status < 500, `feedback on another's prediction: ${said.status}`);
    const left = await service.ask("/v1/predictions?subject=p", { headers: as(own) });
    hold(left.body.predictions.length >= 1, "the owner's prediction is gone");
    return {
      wrong,
      happened: `${closed.length} requests without a valid key: ${counted(closed.map(({ status }) => status))}; another owner: 0 predictions seen, 0 rows erased, job ${counted(foreign.map(({ status }) => status))}, feedback ${said.status}`,
    };
  },
};

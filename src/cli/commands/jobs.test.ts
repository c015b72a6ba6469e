import { expect, test } from "vitest";
import { fakeTools } from "../../../test/support/tools.ts";
import type { JobRing } from "../../server/job-ring.ts";
import type { Job } from "../../store/job-store.ts";
import { runProgram } from "../program.ts";

const ID = "00000000-0000-4000-8000-000000000001";
const job: Job = {
  id: ID,
  owner: "local",
  state: "running",
  createdAt: new Date(0),
  finishedAt: null,
  scenario: null,
  total: 3,
  counts: { waiting: 1, done: 0, failed: 0, dead: 1, cancelled: 1 },
};
const dead = {
  id: ID,
  job: ID,
  position: 2,
  name: "c",
  subject: "p",
  session: null,
  state: "dead" as const,
  prediction: null,
  problem: { code: "unavailable", detail: "it ended" },
  finishedAt: new Date(0),
};

function call(line: string, interactive = false) {
  const opened: unknown[] = [];
  const ring: JobRing = {
    list: async (limit) => [job].slice(0, limit),
    dead: async () => [dead],
    replay: async (id) => (id === ID ? 1 : 0),
    cancel: async (id) => (id === ID ? job : undefined),
    close: async () => void opened.push("closed"),
  };
  const openJobs = async (...where: unknown[]) => {
    opened.push(where);
    return ring;
  };
  const tools = fakeTools({ argv: line.split(" "), interactive, openJobs });
  return runProgram(tools).then((code) => ({ code, opened, out: tools.out.join("\n"), err: tools.err.join("") }));
}

test("affekt jobs list shows jobs as a table for people and as JSON for programs", async () => {
  const { out, opened } = await call("jobs list --data-dir d --media-dir m", true);
  expect(out).toMatch(/local .*running .*1970-01-01 00:00 .*3 .*1 .*0 .*0 .*1/);
  expect(opened).toEqual([["d", "m"], "closed"]);
  expect(JSON.parse((await call("jobs list --limit 1")).out)).toMatchObject([{ id: ID, counts: { dead: 1 } }]);
});

test("affekt jobs dead says which item, and why, and nothing about whom", async () => {
  const { out } = await call("jobs dead");
  expect(JSON.parse(out)).toEqual([
    { job: ID, index: 2, id: "c", since: "1970-01-01T00:00:00.000Z", code: "unavailable", detail: "it ended" },
  ]);
  expect((await call("jobs dead", true)).out).toContain("unavailable");
});

test("affekt jobs replay and cancel act on a job that is there, and say when it is not", async () => {
  expect((await call(`jobs replay ${ID}`)).err).toContain("1 item waits again");
  expect((await call(`jobs cancel ${ID}`)).err).toContain("1 of 3 items");
  const other = ID.replace("1", "2");
  for (const verb of ["replay", "cancel"]) expect((await call(`jobs ${verb} ${other}`)).code, verb).toBe(9);
  expect((await call("jobs replay nothing")).code).toBe(2);
});

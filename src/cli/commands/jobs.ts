/** `affekt jobs`: lists jobs, and what nobody managed to recognize; replays and cancels. */
import { type Command, Option } from "commander";
import { AffektError } from "../../core/errors.ts";
import type { JobRing } from "../../server/job-ring.ts";
import { positiveInteger } from "../arguments.ts";
import { renderTable } from "../render/table.ts";
import type { Tools } from "../tools.ts";

interface Where {
  readonly dataDir: string;
  readonly mediaDir?: string;
}
type Listing = Where & { readonly limit: number; readonly json?: boolean };

async function withJobs<T>({ dataDir, mediaDir }: Where, tools: Tools, use: (jobs: JobRing) => Promise<T>): Promise<T> {
  const jobs = await tools.openJobs(dataDir, mediaDir);
  try {
    return await use(jobs);
  } finally {
    await jobs.close();
  }
}

function show(
  rows: readonly (readonly string[])[],
  { head, json, tools }: { readonly head: readonly string[]; readonly json: unknown; readonly tools: Tools },
  asked: boolean | undefined,
): void {
  const { terminal } = tools;
  terminal.print(asked === true || !terminal.interactive ? JSON.stringify(json, null, 2) : renderTable(head, rows));
}

const minute = (date: Date | null): string => date?.toISOString().slice(0, 16).replace("T", " ") ?? "";

export async function runListJobs(options: Listing, tools: Tools): Promise<void> {
  const found = await withJobs(options, tools, (jobs) => jobs.list(options.limit));
  const rows = found.map(({ id, owner, state, createdAt, finishedAt, total, counts }) => {
    const numbers = [total, counts.waiting, counts.done, counts.failed, counts.dead].map(String);
    return [id, owner, state, minute(createdAt), minute(finishedAt), ...numbers];
  });
  const head = ["id", "owner", "state", "sent", "finished", "total", "waiting", "done", "failed", "dead"];
  show(rows, { head, json: found, tools }, options.json);
}

export async function runDeadJobs(options: Listing, tools: Tools): Promise<void> {
  const found = await withJobs(options, tools, (jobs) => jobs.dead(options.limit));
  // Which item of which job, and why: never what is in it.
  const plain = found.map(({ job, position, name, finishedAt, problem }) => {
    const { code = "", detail = "" } = (problem ?? {}) as { code?: string; detail?: string };
    return { job, index: position, id: name, since: finishedAt, code, detail };
  });
  const rows = plain.map(({ job, index, id, since, code }) => [job, String(index), id ?? "", minute(since), code]);
  show(rows, { head: ["job", "index", "id", "since", "code"], json: plain, tools }, options.json);
}

export async function runReplayJob(id: string, options: Where, tools: Tools): Promise<void> {
  const many = await withJobs(options, tools, (jobs) => jobs.replay(id));
  if (many === 0) {
    throw new AffektError("not-found", `There is nothing dead in a job ${id}.`, "See: affekt jobs dead");
  }
  tools.terminal.note(`${many} ${many === 1 ? "item waits" : "items wait"} again.\n`);
}

export async function runCancelJob(id: string, options: Where, tools: Tools): Promise<void> {
  const job = await withJobs(options, tools, (jobs) => jobs.cancel(id));
  if (job === undefined) {
    throw new AffektError("not-found", `There is no job ${id} that runs.`, "See: affekt jobs list");
  }
  tools.terminal.note(`${job.counts.cancelled} of ${job.total} items will not be recognized.\n`);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/** @throws AffektError `input` */
function jobId(text: string): string {
  if (UUID.test(text)) return text;
  throw new AffektError("input", `${text} is no id of a job.`, "See: affekt jobs list");
}

export function addJobs(program: Command, tools: Tools): void {
  const jobs = program.command("jobs").summary("list, replay or cancel the jobs of a service");
  const command = (name: string, description: string): Command =>
    jobs
      .command(name)
      .description(`${description} With DATABASE_URL, on that server; else the service must not be running.`)
      .option("--data-dir <folder>", "where the service keeps its data", "affekt-data")
      .option("--media-dir <folder>", "where media of jobs lie; within the data folder by default");
  const listing = (name: string, description: string): Command =>
    command(name, description)
      .addOption(new Option("--limit <number>", "at most so many").argParser(positiveInteger).default(50))
      .option("--json", "print JSON");
  listing("list", "Lists jobs of all owners, newest first.").action((options: Listing) => runListJobs(options, tools));
  listing("dead", "Lists items that nobody managed to recognize, oldest first.").action((options: Listing) =>
    runDeadJobs(options, tools),
  );
  command("replay <job>", "Lets the dead items of a job wait again.").action((id: string, options: Where) =>
    runReplayJob(jobId(id), options, tools),
  );
  command("cancel <job>", "Cancels what is not recognized yet.").action((id: string, options: Where) =>
    runCancelJob(jobId(id), options, tools),
  );
}

/** A disk that is full. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { counted, expectations, type Fault, pause } from "./fault.ts";
import { QUEUE, reached, sendJob, tally } from "./jobs.ts";

const MANY = 1_000;

function mounted(folder: string, megabytes: number): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const unmount = (folder: string) => execFileSync("umount", ["-l", folder], { stdio: "ignore" });

/** Writes until nothing more fits. */
function fill(folder: string): () => void {
  const file = join(folder, "fill");
  try {
    execFileSync("dd", ["if=/dev/zero", `of=${file}`, "bs=1M"], { stdio: "ignore" });
  } catch {
    // It ends when the disk is full.
  }
  return () => rmSync(file, { force: true });
}

export const fullDisk: Fault = {
  name: "disk full",
  tried:
    "a disk of 192 MB with the embedded engine is filled in the middle of 1,000 jobs, and again while a job of 10,000 is taken in; 10 s later there is room again",
  covered: "src/store/lasting-pglite.test.ts",
  lacks: () => (process.getuid?.() === 0 ? undefined : "only root may mount a small disk"),
  async run({ folder, after, start }) {
    const { wrong, hold } = expectations();
    const disk = join(folder, "disk");
    if (!mounted(disk, 192)) return { wrong: [], happened: "not tried: no small disk could be mounted" };
    after(() => unmount(disk));
    const options = { dataDir: join(disk, "data"), queue: QUEUE };
    const service = await start(options);
    await service.ready();
    const job = await sendJob(service, MANY);
    await reached(service, job, 100);
    const free = fill(disk);
    const statuses: number[] = [];
    for (let at = 0; at < 20; at++) {
      const kept = await service.post("/v1/recognize", { text: "fine 😀", subject: "p" });
      statuses.push(kept.status);
      hold(kept.status === 507 && kept.body.code === "full", `what had to be kept got ${kept.status}`);
    }
    const passing = await service.post("/v1/recognize", { text: "fine 😀", keep: false });
    hold(passing.status === 200, `what need not be kept got ${passing.status}`);
    await pause(10_000);
    free();
    await reached(service, job);
    const jobs = await tally(service, job, MANY);

    const inputs = Array.from({ length: 10_000 }, (_, at) => ({ text: `What a lovely day ${at}` }));
    const large = service.post("/v1/jobs", { inputs, keep: false });
    const again = fill(disk);
    const taken = await large;
    hold([202, 507].includes(taken.status), `the job of 10,000 got ${taken.status}`);
    await pause(10_000);
    again();
    // By itself, whether or not the engine had to be started anew.
    const back = performance.now();
    while ((await service.post("/v1/recognize", { text: "fine 😀", subject: "q" })).status !== 200) await pause(100);
    const seconds = (performance.now() - back) / 1000;
    if (taken.status === 202) await reached(service, taken.body.id);
    const list = await service.ask("/v1/jobs");
    hold(
      list.body.jobs.length === (taken.status === 202 ? 2 : 1),
      `${list.body.jobs.length} jobs are listed after ${taken.status}`,
    );
    await service.kill("SIGKILL");
    const second = await start(options);
    const after9 = await tally(second, job, MANY);
    hold(after9.lost === 0, `after a kill -9, ${after9.lost} results were gone`);
    const q = await second.ask("/v1/predictions?subject=q");
    hold(q.body.predictions.length === 1, "an acknowledged result was gone after a kill -9");
    return {
      wrong,
      jobs,
      happened: `what had to be kept: ${counted(statuses)}; what need not: ${passing.status}; the job of 10,000: ${taken.status}; answered again ${seconds.toFixed(1)} s after there was room; nothing was gone after a kill -9`,
    };
  },
};

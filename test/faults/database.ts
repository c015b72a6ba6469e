/** A database that is not there. */
import { hasPostgres, startPostgres } from "../support/postgres.ts";
import { counted, expectations, type Fault, pause } from "./fault.ts";
import { SECRET } from "./jobs.ts";
import { NotStarted } from "./service-process.ts";

const lacks = () => (hasPostgres ? undefined : "apt install postgresql");

export const databaseAtStart: Fault = {
  name: "database down at start",
  tried: "the service is started while PostgreSQL is down; then again, and PostgreSQL comes up 3 s later",
  covered: "src/store/open-postgres.test.ts",
  lacks,
  async run({ start, after }) {
    const { wrong, hold } = expectations();
    const server = await startPostgres();
    after(() => server.stop());
    const options = { databaseUrl: server.url.replace("//affekt@", "//affekt:a-password@"), secret: SECRET };
    await server.crash?.();
    const began = performance.now();
    const failed = await start(options).catch((cause: unknown) => cause);
    const seconds = (performance.now() - began) / 1000;
    hold(failed instanceof NotStarted && failed.code === "unavailable", "it did not end with `unavailable`");
    const { message, hint } = failed as NotStarted;
    hold(!`${message}${hint}`.includes("a-password"), "the error shows the password");
    setTimeout(() => server.restart?.(), 3_000);
    const service = await start(options);
    await service.ready();
    return {
      wrong,
      happened: `after ${seconds.toFixed(0)} s: “${message.replace(/:\d+/gu, ":PORT")} ${hint}”; the second time it started by itself as soon as PostgreSQL did`,
    };
  },
};

export const databaseAway: Fault = {
  name: "database away in service",
  tried: "PostgreSQL is down for 60 s, and 10 requests a second go on",
  covered: "src/server/faults.test.ts",
  lacks,
  async run({ start, after }) {
    const { wrong, hold } = expectations();
    const server = await startPostgres();
    after(() => server.stop());
    const service = await start({ databaseUrl: server.url, secret: SECRET });
    await service.ready();
    const keep = async () => service.post("/v1/recognize", { text: "fine 😀", subject: "p" });
    let acknowledged = 0;
    for (let at = 0; at < 20; at++) if ((await keep()).status === 200) acknowledged++;
    await server.crash?.();
    const answers: Awaited<ReturnType<typeof keep>>[] = [];
    const asking: Promise<unknown>[] = [];
    const until = performance.now() + 60_000;
    while (performance.now() < until) {
      asking.push(keep().then((answer) => answers.push(answer)));
      await pause(100);
    }
    await Promise.all(asking);
    acknowledged += answers.filter(({ status }) => status === 200).length;
    const lives = await service.ask("/health");
    server.restart?.();
    const back = performance.now();
    await service.ready();
    while ((await keep()).status !== 200) await pause(100);
    acknowledged++;
    const seconds = (performance.now() - back) / 1000;
    const slowest = Math.max(...answers.map(({ ms }) => ms));
    hold(
      answers.every(({ status, retryAfter = 0 }) => status === 503 && retryAfter >= 1),
      `answers: ${counted(answers.map(({ status }) => status))}`,
    );
    hold(lives.status === 200, `/health: ${lives.status}`);
    const kept = await service.ask("/v1/predictions?subject=p&limit=500");
    hold(kept.body.predictions.length === acknowledged, `${kept.body.predictions.length} kept of ${acknowledged}`);
    return {
      wrong,
      happened: `${counted(answers.map(({ status }) => status))} with Retry-After, ${Math.round(slowest)} ms at most; /health 200; answered again ${seconds.toFixed(1)} s after PostgreSQL was started; ${kept.body.predictions.length} of ${acknowledged} acknowledged results kept`,
    };
  },
};

/** Where the command line meets this machine: chooses every concrete part, then runs. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AffektError } from "../core/errors.ts";
import { nodeFiles } from "../platform/node/files.ts";
import { asAffektError, EXIT_CODES } from "./exit-codes.ts";
import { runProgram } from "./program.ts";
import { renderError } from "./render/error.ts";
import { nodeTerminal } from "./terminal.ts";

const ROOT = new URL("../../", import.meta.url);

/** What several machines of one service share. An empty variable counts as none. */
const SHARED = {
  databaseUrl: process.env.DATABASE_URL || undefined,
  secret: process.env.AFFEKT_SECRET || undefined,
};

/** Where media of jobs lie, if not in a folder. */
async function bucket() {
  const { s3Settings } = await import("../server/media-storage.ts");
  return s3Settings(process.env);
}

/** @param argv what follows `affekt` on the command line */
export async function run(argv: readonly string[]): Promise<void> {
  const terminal = nodeTerminal();
  // What no command caught, a decoder's late failure for one, still ends in a sentence and not in a stack trace.
  const fail = (cause: unknown): never => {
    const error = asAffektError(cause);
    terminal.note(renderError(error, terminal, argv.includes("--debug")));
    process.exit(EXIT_CODES[error.code]);
  };
  process.stdout.on("error", (cause: NodeJS.ErrnoException) => {
    // A reader that stops early (`affekt … | head`) is no failure.
    if (cause.code === "EPIPE") process.exit(0);
    const reason = `Cannot write to standard output: ${cause.code ?? cause.message}.`;
    fail(new AffektError("file", reason, "Free some space, or write elsewhere.", { cause }));
  });
  // Where nobody hears of a failure, the exit code still tells of it.
  process.stderr.on("error", () => {});
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  const { version } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8")) as { version: string };
  process.exitCode = await runProgram({
    argv,
    version,
    terminal,
    files: nodeFiles(),
    modelFolder: fileURLToPath(new URL("models", ROOT)),
    dataFolder: process.env.AFFEKT_DATA ?? ".",
    async openRecognizer(options) {
      const { openRecognizer } = await import("../platform/node/open.ts");
      return openRecognizer(options);
    },
    async heatPng(seen, face) {
      const { heatPng } = await import("../platform/node/heat-png.ts");
      return heatPng(seen, face);
    },
    async loadScenarios(folder) {
      const { loadScenarios } = await import("../platform/node/scenario-files.ts");
      return loadScenarios(folder);
    },
    async askModel(model, rows, manifest, options) {
      const { askModel } = await import("../platform/node/open-expert.ts");
      return askModel(model, rows, manifest, options);
    },
    async askModelSubsets(model, rows, manifest, subsets, options) {
      const { askModelSubsets } = await import("../platform/node/open-expert.ts");
      return askModelSubsets(model, rows, manifest, subsets, options);
    },
    async askAll(recognizer, rows, manifest, subsets, options) {
      const [{ openRecognizer }, { askRecognizerSubsets }, { rowMedia }, { openDecoding }] = await Promise.all([
        import("../platform/node/open.ts"),
        import("../evaluate/ask.ts"),
        import("../evaluate/row-media.ts"),
        import("../platform/node/decoding.ts"),
      ]);
      const opened = await openRecognizer(recognizer);
      const decoding = openDecoding(rows.filter(({ image, audio }) => image ?? audio).length);
      try {
        const media = rowMedia(manifest, decoding.reader);
        return await askRecognizerSubsets(rows, manifest, media, opened, subsets, options);
      } finally {
        decoding.close();
        await opened.close();
      }
    },
    async serve(options) {
      const { startService } = await import("../server/service.ts");
      return startService({ ...options, ...SHARED, s3: await bucket() });
    },
    async openKeys(dataDir) {
      const { openKeyRing } = await import("../server/key-ring.ts");
      return openKeyRing({ dataDir, ...SHARED });
    },
    async work(options) {
      const { startWorker } = await import("../server/worker.ts");
      return startWorker({ ...options, ...SHARED, s3: await bucket() });
    },
    async openJobs(dataDir, mediaDir) {
      const { openJobRing } = await import("../server/job-ring.ts");
      return openJobRing({ dataDir, mediaDir, ...SHARED, s3: await bucket() });
    },
    async backup(dataDir, file) {
      const { backupTo } = await import("../server/backup.ts");
      return backupTo(file, { dataDir, databaseUrl: SHARED.databaseUrl });
    },
    async restore(dataDir, file) {
      const { restoreFrom } = await import("../server/backup.ts");
      return restoreFrom(file, { dataDir, databaseUrl: SHARED.databaseUrl });
    },
    onReload(reload) {
      // A model that cannot be used is told of, and the old ones stay.
      const take = (): void =>
        void reload().catch((cause: unknown) => terminal.note(renderError(asAffektError(cause), terminal, false)));
      process.on("SIGHUP", take);
      return () => void process.off("SIGHUP", take);
    },
    untilStopped: () =>
      new Promise((resolve) => {
        process.once("SIGINT", resolve).once("SIGTERM", resolve);
      }),
    async train(options, events) {
      const [{ runTraining }, { nodeTrainingPorts }] = await Promise.all([
        import("../train/run.ts"),
        import("../platform/node/training-ports.ts"),
      ]);
      const interrupt = new AbortController();
      const stop = () => interrupt.abort();
      // The second is what a job scheduler sends when the time of a job is over.
      process.once("SIGINT", stop).once("SIGTERM", stop);
      try {
        return await runTraining(options, nodeTrainingPorts(interrupt.signal), events);
      } finally {
        process.off("SIGINT", stop).off("SIGTERM", stop);
      }
    },
  });
}

/** Where the command line meets this machine: chooses every concrete part, then runs. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
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

/** @param argv what follows `affekt` on the command line */
export async function run(argv: readonly string[]): Promise<void> {
  // A reader that stops early (`affekt … | head`) is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 70));
  const terminal = nodeTerminal();
  // What no command caught, a decoder's late failure for one, still ends in a sentence and not in a stack trace.
  const fail = (cause: unknown): never => {
    const error = asAffektError(cause);
    terminal.note(renderError(error, terminal, argv.includes("--debug")));
    process.exit(EXIT_CODES[error.code]);
  };
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
    async askModel(model, rows, manifest, options) {
      const { askModel } = await import("../platform/node/open-expert.ts");
      return askModel(model, rows, manifest, options);
    },
    async askAll(recognizer, rows, manifest, options) {
      const [{ openRecognizer }, { askRecognizer }, { rowMedia }, { openDecoding }] = await Promise.all([
        import("../platform/node/open.ts"),
        import("../evaluate/ask.ts"),
        import("../evaluate/row-media.ts"),
        import("../platform/node/decoding.ts"),
      ]);
      const opened = await openRecognizer(recognizer);
      const decoding = openDecoding(rows.filter(({ image, audio }) => image ?? audio).length);
      try {
        return await askRecognizer(rows, manifest, rowMedia(manifest, decoding.reader), opened, options);
      } finally {
        decoding.close();
        await opened.close();
      }
    },
    async serve(options) {
      const { startService } = await import("../server/service.ts");
      return startService({ ...options, ...SHARED });
    },
    async openKeys(dataDir) {
      const { openKeyRing } = await import("../server/key-ring.ts");
      return openKeyRing({ dataDir, ...SHARED });
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
      process.once("SIGINT", stop);
      try {
        return await runTraining(options, nodeTrainingPorts(interrupt.signal), events);
      } finally {
        process.off("SIGINT", stop);
      }
    },
  });
}

/** The process of training-process.ts: one training or one evaluation, then it ends. */
import { setPriority } from "node:os";
import { AffektError } from "../../core/errors.ts";
import { readManifest } from "../../data/read.ts";
import { analyze } from "../../evaluate/analysis/analysis.ts";
import { rowFacts } from "../../evaluate/analysis/row-facts.ts";
import { evaluateOpinions } from "../../evaluate/evaluate.ts";
import { reportPage } from "../../evaluate/page/page.ts";
import { contractFromModel } from "../../recognize/contract-file.ts";
import { type RunOptions, runTraining } from "../../train/run.ts";
import { nodeFiles } from "./files.ts";
import { askModel } from "./open-expert.ts";
import { nodeTrainingPorts } from "./training-ports.ts";
import type { EvaluationWork, FromTrainer, TrainingWork } from "./training-process.ts";

/** The lowest that every platform knows. */
const LOW_PRIORITY = 19;
/** Steps are told so often, in ms. */
const STEP_MS = 250;

function say(message: FromTrainer): void {
  process.send?.(message);
}

async function train(options: RunOptions): Promise<void> {
  let told = 0;
  let undecodable = 0;
  await runTraining(options, nodeTrainingPorts(), {
    step(step) {
      const now = performance.now();
      if (now - told < STEP_MS && step.step < step.steps) return;
      told = now;
      say({ step });
    },
    undecodable: () => say({ undecodable: ++undecodable }),
  });
}

async function evaluate({ model, manifest: path, out, generator }: EvaluationWork): Promise<void> {
  const files = nodeFiles();
  const { manifest } = await readManifest(files, path);
  const rows = manifest.rows.filter(({ split }) => split === "test");
  if (rows.length === 0) throw new AffektError("data", "There are no test rows.", "Add rows with the split test.");
  const contract = contractFromModel(await files.readBytes(model));
  const chosen = { ...manifest, rows };
  const evaluation = evaluateOpinions(await askModel({ path: model, contract }, rows, chosen), chosen, contract);
  const analysis = analyze(evaluation, { facts: rows.map((row) => rowFacts(row)) });
  await files.write(`${out}/evaluation.html`, reportPage(analysis, { generator }));
  await files.write(`${out}/evaluation.json`, `${JSON.stringify(evaluation)}\n`);
}

async function work(asked: TrainingWork): Promise<void> {
  try {
    if ("train" in asked) await train(asked.train);
    else await evaluate(asked.evaluate);
    process.send?.({ done: true } satisfies FromTrainer, () => process.exit(0));
  } catch (cause) {
    const { code, message, hint } =
      cause instanceof AffektError
        ? cause
        : new AffektError("internal", cause instanceof Error ? cause.message : String(cause), "Report this fault.");
    process.send?.({ failed: { code, message, hint } } satisfies FromTrainer, () => process.exit(1));
  }
}

setPriority(LOW_PRIORITY);
// Nobody waits for it any more.
process.on("disconnect", () => process.exit(1));
process.once("message", (asked: TrainingWork) => void work(asked));

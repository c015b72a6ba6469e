/** `affekt data embed`: embeddings of frozen models beside the media of a manifest, to train a fusion on. */
import { join } from "node:path";
import type { Command } from "commander";
import { AffektError } from "../../core/errors.ts";
import { openManifest } from "../labelled-rows.ts";
import { findModels } from "../shelf.ts";
import type { Tools } from "../tools.ts";

export interface EmbedOptions {
  /** Folder for the manifest and its matrices. */
  readonly out: string;
  /** Folder of models. */
  readonly models: string;
  /** Ids of the models; by default those that a recognizer would take, for text the first. */
  readonly model?: readonly string[];
  /** Sequences in place of vectors; a number: in so many steps. */
  readonly sequences?: boolean | string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

function stepsOf(given: EmbedOptions["sequences"]): number | undefined {
  if (given === undefined || given === false) return undefined;
  if (given === true) return Number.POSITIVE_INFINITY;
  const steps = Number(given);
  if (Number.isInteger(steps) && steps > 0) return steps;
  throw new AffektError(
    "usage",
    `--sequences ${given} is not a number of steps.`,
    "Give a positive integer, such as 24, or none for as many steps as the longest sequence has.",
  );
}

/** @throws AffektError `file`, `manifest`, `model`, `contract`, `usage` */
export async function runEmbed(path: string, options: EmbedOptions, tools: Tools): Promise<void> {
  const { terminal, files } = tools;
  const steps = stepsOf(options.sequences);
  const [{ chooseModels }, { embedManifest }, { nodeTrainingPorts }] = await Promise.all([
    import("../../recognize/choose-models.ts"),
    import("../../platform/node/embed.ts"),
    import("../../platform/node/training-ports.ts"),
  ]);
  const shelf = (await findModels(options.models, files)).flatMap((entry) =>
    entry.ok ? [{ path: join(options.models, entry.file), contract: entry.contract }] : [],
  );
  const { text, face, speech } = chooseModels(shelf, { ids: options.model });
  const models = [...text.slice(0, 1), ...face, ...speech];
  if (models.length === 0) {
    throw new AffektError("model", `There is no model in ${options.models}.`, "Train one, or name another folder.");
  }
  const manifest = await openManifest({ manifest: path, strict: options.strict === true }, tools);
  const { cacheFolder } = nodeTrainingPorts();
  const { reports } = await embedManifest(manifest, models, options.out, {
    files,
    cacheFolder,
    ...(steps === undefined ? {} : { steps }),
    ask: (model, rows, from, asking) => tools.askModel(model, rows, from, asking),
    onProgress: (modality, done, total) => terminal.note(`${modality}: embedded ${done} of ${total}\n`),
  });
  if (options.json || !terminal.interactive) {
    terminal.print(JSON.stringify({ path: `${options.out}/embedded.jsonl`, embedded: reports }, null, 2));
    return;
  }
  for (const { modality, model, dim, steps: length, rows, computed, skipped } of reports) {
    const left = skipped === 0 ? "" : `, ${skipped} left out`;
    terminal.print(
      `${modality.padEnd(7)} ${rows} rows of ${length === undefined ? "" : `${length} × `}${dim} numbers from ${model}, ${computed} new${left}`,
    );
  }
  terminal.print(`${options.out}/embedded.jsonl`);
}

export function addEmbed(data: Command, tools: Tools): void {
  data
    .command("embed <manifest>")
    .summary("embeddings of frozen models, to train a fusion on")
    .description(
      "Writes a manifest with the embeddings that models make of its texts, faces and voices. They are kept by content " +
        "(AFFEKT_CACHE names the folder), so that what was embedded once is only looked up.",
    )
    .requiredOption("--out <folder>", "where embedded.jsonl and its matrices go")
    .option("--models <folder>", "folder of models", tools.modelFolder)
    .option("--model <id...>", "only the models with these ids")
    .option("--sequences [steps]", "steps in place of one vector; longer ones averaged to so many")
    .option("--strict", "stop at the first broken row")
    .option("--json", "print JSON on a terminal too")
    .action((path: string, options: EmbedOptions) => runEmbed(path, options, tools));
}

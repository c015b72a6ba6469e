/** `affekt pool`: fits how the models of a folder are pooled on rows of several modalities. */
import { join } from "node:path";
import type { Command } from "commander";
import { AffektError } from "../../core/errors.ts";
import { MODALITIES, type Modality } from "../../core/modality.ts";
import { caveatsOf } from "../../data/caveats.ts";
import type { Asked, Skipped } from "../../evaluate/ask.ts";
import type { Opinion } from "../../recognize/opinion.ts";
import { chosenRows, openManifest } from "../labelled-rows.ts";
import { startProgress } from "../progress.ts";
import { renderTable } from "../render/table.ts";
import { visible } from "../render/visible.ts";
import { findModels } from "../shelf.ts";
import type { Terminal } from "../terminal.ts";
import type { Tools } from "../tools.ts";

export interface PoolCommandOptions {
  /** Folder of models; `pool.json` goes there. */
  readonly models: string;
  readonly model?: readonly string[];
  /** Where the pool goes instead. */
  readonly out?: string;
  /** Kept as it is, in [0, 1]. */
  readonly independence?: number;
  /** Fit how much a poor signal counts. */
  readonly quality?: boolean;
  readonly strict?: boolean;
  readonly json?: boolean;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new AffektError("usage", `Expected a number from 0 to 1; received ${text}.`, "Try: --independence 0.5");
}

/** Tells which rows a model could not be asked about. */
function noteSkipped(who: string, skipped: readonly Skipped[], terminal: Pick<Terminal, "note">): void {
  const [first] = skipped;
  if (first === undefined) return;
  const rows = skipped.length === 1 ? "1 row" : `${skipped.length} rows`;
  terminal.note(`${visible(`${who}: ${rows} skipped, the first ${first.id} (${first.code}): ${first.reason}`)}\n`);
}

/** @throws AffektError `file`, `manifest`, `model`, `data` if no validation row has several modalities */
export async function runPool(path: string, options: PoolCommandOptions, tools: Tools): Promise<void> {
  const { terminal, files } = tools;
  const [{ chooseModels }, { readerOf }, { hasModality }, { fitLogLinearPool }, { poolAccuracy, poolRows }] =
    await Promise.all([
      import("../../recognize/choose-models.ts"),
      import("../../recognize/route-by-language.ts"),
      import("../../evaluate/analysis/subsets.ts"),
      import("../../fuse/fit-pool.ts"),
      import("../../evaluate/pool-rows.ts"),
    ]);
  const shelf = (await findModels(options.models, files)).flatMap((entry) =>
    entry.ok ? [{ path: files.absolute(join(options.models, entry.file)), contract: entry.contract }] : [],
  );
  const chosen = chooseModels(shelf, { ids: options.model });
  const manifest = await openManifest({ manifest: path, strict: options.strict === true }, tools);
  // What a pool is chosen by must not be what it is judged by.
  const rows = chosenRows(manifest, "validation");
  const asked: Record<Modality, Asked<Opinion>[]> = { text: [], face: [], speech: [] };
  const used: string[] = [];
  const read = chosen.text.map(({ contract: { input } }) => ("languages" in input ? input.languages : []));
  const unread = rows.filter(({ text }) => text !== undefined && read.length > 0 && readerOf(read, text) === undefined);
  const reason = "No model here reads the language of its text.";
  noteSkipped(
    "text",
    unread.map(({ id }) => ({ id, code: "other-language", reason })),
    terminal,
  );
  for (const modality of MODALITIES) {
    for (const [index, model] of chosen[modality].entries()) {
      const own = rows.filter(
        (row) =>
          hasModality(row, modality, "pictures") &&
          (modality !== "text" || readerOf(read, row.text as string) === index),
      );
      if (own.length === 0) continue;
      const progress = startProgress(terminal, model.contract.id, own.length);
      try {
        // A recognizer hears each voice by itself, whatever else of the speaker is there.
        const asking = { statistics: "clip", onProgress: (done: number) => progress.update(done) } as const;
        asked[modality].push(await tools.askModel(model, own, manifest, asking));
      } finally {
        progress.end();
      }
      const who = `${model.contract.id} ${model.contract.version}`;
      noteSkipped(who, asked[modality].at(-1)?.skipped ?? [], terminal);
      used.push(who);
    }
  }
  const given = poolRows(asked);
  const { independence, quality = false } = options;
  const { loss, ...pool } = fitLogLinearPool(given, {
    quality,
    ...(independence === undefined ? {} : { independence }),
  });
  const out = options.out ?? join(options.models, "pool.json");
  const { name, version } = manifest.header;
  const kept = independence === undefined ? "" : "; independence given, not fitted";
  const caveats = caveatsOf([{ ...manifest, rows }]);
  const rowsBy = `${given.length} validation rows of ${name} ${version}, by ${used.join(", ")}${kept}`;
  const fittedOn = [rowsBy, ...caveats].join("; ");
  await files.write(out, `${JSON.stringify({ ...pool, fittedOn }, null, 2)}\n`);
  const present = MODALITIES.filter((modality) => pool.weights[modality] !== undefined);
  const accuracy = {
    pool: poolAccuracy(given, pool, present),
    unfitted: poolAccuracy(given, {}, present),
    ...Object.fromEntries(present.map((modality) => [modality, poolAccuracy(given, pool, [modality])])),
  };
  if (options.json || !terminal.interactive) {
    const more = caveats.length > 0 ? { caveats } : {};
    terminal.print(JSON.stringify({ path: out, rows: given.length, ...pool, loss, accuracy, ...more }, null, 2));
    return;
  }
  const number = (value: number | null | undefined): string => (typeof value === "number" ? value.toFixed(4) : "–");
  terminal.print(
    renderTable(
      ["", "weight", "right on validation rows"],
      Object.entries(accuracy).map(([who, right]) => [who, number(pool.weights[who as Modality]), number(right)]),
      [1, 2],
    ),
  );
  terminal.print(`independence ${number(pool.independence)}; ${out}`);
  for (const caveat of caveats) terminal.print(caveat);
}

export function addPool(program: Command, tools: Tools): void {
  program
    .command("pool <manifest>")
    .summary("fit how models are pooled, on rows of several modalities")
    .description(
      "Asks the models of a folder about the validation rows of a manifest and fits the log-linear pool of their answers:\n" +
        "the weight of each modality and how independent they are. pool.json goes beside the models, where recognize, " +
        "evaluate and serve find it. Rows composed of different people are independent by design: give --independence.",
    )
    .option("--models <folder>", "folder of models", tools.modelFolder)
    .option("--model <id...>", "only the models with these ids")
    .option("--out <file>", "where the pool goes (default: pool.json in the folder of models)")
    .option("--independence <share>", "keep it at this, from 0 (all saw the same) to 1 (independent)", share)
    .option("--quality", "fit how much a poor signal counts too, for rows of which some hold poor signals")
    .option("--strict", "stop at the first broken row")
    .option("--json", "print JSON on a terminal too")
    .action((path: string, options: PoolCommandOptions) => runPool(path, options, tools));
}

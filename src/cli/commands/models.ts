/** `affekt models`: what is in the model folder, and the card of one. */
import type { Command } from "commander";
import { AffektError } from "../../core/errors.ts";
import { renderCard } from "../render/card.ts";
import { renderTable } from "../render/table.ts";
import { findModels, type ShelfEntry } from "../shelf.ts";
import type { Tools } from "../tools.ts";

export interface ModelsOptions {
  readonly models?: string;
  readonly json?: boolean;
}

function summary(entry: ShelfEntry): Record<string, unknown> {
  const { file, bytes } = entry;
  if (!entry.ok) return { file, bytes, error: { code: entry.error.code, message: entry.error.message } };
  const { id, version, modality, labels, licence, metrics } = entry.contract;
  return { id, version, modality, labels, licence, metrics, file, bytes };
}

export async function runModels(options: ModelsOptions, tools: Tools): Promise<void> {
  const { terminal } = tools;
  const folder = options.models ?? tools.modelFolder;
  const entries = await findModels(folder, tools.files);
  if (options.json || !terminal.interactive) {
    terminal.print(JSON.stringify(entries.map(summary), null, 2));
    return;
  }
  if (entries.length === 0) {
    terminal.print(`No model in ${folder}. Train one with: affekt train models/<id>/train.json`);
    return;
  }
  const rows = entries.map((entry) => {
    const size = `${(entry.bytes / 1e6).toFixed(1)} MB`;
    if (!entry.ok) return [entry.file, "", "", size, terminal.paint("red", entry.error.message)];
    const { id, version, modality, labels, licence } = entry.contract;
    return [id, version, modality, size, `${labels.length} labels, ${licence.terms}`];
  });
  terminal.print(renderTable(["model", "version", "modality", "size", ""], rows));
}

export async function runCard(id: string, options: ModelsOptions, tools: Tools): Promise<void> {
  const folder = options.models ?? tools.modelFolder;
  const entries = await findModels(folder, tools.files);
  const entry = entries.find((candidate) => candidate.ok && candidate.contract.id === id);
  if (entry === undefined || !entry.ok) {
    const known = entries.flatMap((candidate) => (candidate.ok ? [candidate.contract.id] : []));
    throw new AffektError(
      "model",
      `No model in ${folder} has the id ${id}.`,
      known.length === 0 ? "The folder holds no model; see `affekt train`." : `There are: ${known.join(", ")}.`,
    );
  }
  const { terminal } = tools;
  terminal.print(
    options.json || !terminal.interactive
      ? JSON.stringify(entry.contract, null, 2)
      : renderCard(entry.contract, entry.bytes, terminal),
  );
}

export function addModels(program: Command, tools: Tools): void {
  const models = program.command("models").summary("list the models, or show the card of one");
  models
    .command("list", { isDefault: true })
    .description("Lists the models of a folder.")
    .option("--models <folder>", "look here instead of at the shipped models")
    .option("--json", "print JSON on a terminal too")
    .action((options: ModelsOptions) => runModels(options, tools));
  models
    .command("card <id>")
    .description("Shows what a model was made for and from, and how well it does.")
    .option("--models <folder>", "look here instead of at the shipped models")
    .option("--json", "print JSON on a terminal too")
    .action((id: string, options: ModelsOptions) => runCard(id, options, tools));
}

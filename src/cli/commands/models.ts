/** `affekt models`: what is in the model folder, and the card of one. */
import { type Command, Option } from "commander";
import { AffektError } from "../../core/errors.ts";
import { renderCard } from "../render/card.ts";
import { renderTable } from "../render/table.ts";
import { findModels, type ShelfEntry } from "../shelf.ts";
import type { Tools } from "../tools.ts";
import { noteMissing } from "./recognize.ts";

export interface ModelsOptions {
  readonly models?: string;
  readonly json?: boolean;
  readonly license?: "any" | "permissive";
}

function summary(entry: ShelfEntry): Record<string, unknown> {
  const { file, bytes } = entry;
  if (!entry.ok) return { file, bytes, error: { code: entry.error.code, message: entry.error.message } };
  const { id, version, modality, labels, licence, sources, metrics } = entry.contract;
  return { id, version, modality, labels, licence, sources, metrics, file, bytes };
}

/** @throws AffektError `file` if a folder that was asked for does not exist */
async function findModelsOf({ models }: ModelsOptions, tools: Tools): Promise<ShelfEntry[]> {
  if (models !== undefined && !(await tools.files.exists(models))) {
    throw new AffektError("file", `There is no folder ${models}.`, "Check the path.");
  }
  return findModels(models ?? tools.modelFolder, tools.files);
}

export async function runModels(options: ModelsOptions, tools: Tools): Promise<void> {
  const { terminal } = tools;
  const folder = options.models ?? tools.modelFolder;
  const found = await findModelsOf(options, tools);
  const { license } = options;
  const [{ isPermissive }, { missingParts }] = await Promise.all([
    import("../../recognize/choose-models.ts"),
    import("../../recognize/missing.ts"),
  ]);
  const entries = found.filter((entry) => license !== "permissive" || (entry.ok && isPermissive(entry.contract)));
  noteMissing(
    missingParts(
      found.flatMap((entry) => (entry.ok ? [entry] : [])),
      { license },
    ),
    tools,
  );
  if (options.json || !terminal.interactive) {
    terminal.print(JSON.stringify(entries.map(summary), null, 2));
    return;
  }
  if (found.length === 0) {
    terminal.print(`No model in ${folder}. Train one with: affekt train models/<id>/train.json`);
    return;
  }
  const rows = entries.map((entry) => {
    const size = `${(entry.bytes / 1e6).toFixed(1)} MB`;
    if (!entry.ok) return [entry.file, "", "", size, "", "", terminal.paint("red", entry.error.message)];
    const { id, version, modality, labels, sources } = entry.contract;
    const data = sources.map(({ name, terms }) => `${name} (${terms})`).join(", ");
    return [id, version, modality, size, String(labels.length), isPermissive(entry.contract) ? "yes" : "no", data];
  });
  const head = ["model", "version", "modality", "size", "labels", "commercial use", "trained on (terms)"];
  terminal.print(renderTable(head, rows, [3, 4]));
}

export async function runCard(id: string, options: ModelsOptions, tools: Tools): Promise<void> {
  const folder = options.models ?? tools.modelFolder;
  const entries = await findModelsOf(options, tools);
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
    .description("Lists the models of a folder, with what each was trained on and the terms of that.")
    .option("--models <folder>", "look here instead of at the shipped models")
    .addOption(
      new Option("--license <terms>", "list only models whose training data allow commercial use; say what is missing")
        .choices(["any", "permissive"])
        .default("any"),
    )
    .option("--json", "print JSON on a terminal too")
    .action((options: ModelsOptions) => runModels(options, tools));
  models
    .command("card <id>")
    .description("Shows what a model was made for and from, and how well it does.")
    .option("--models <folder>", "look here instead of at the shipped models")
    .option("--json", "print JSON on a terminal too")
    .action((id: string, options: ModelsOptions) => runCard(id, options, tools));
}

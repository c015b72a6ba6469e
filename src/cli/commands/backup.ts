/** `affekt backup` and `affekt restore`: the database of a service as one file. */
import type { Command } from "commander";
import type { Tools } from "../tools.ts";

interface Where {
  readonly dataDir: string;
}

export async function runBackup(file: string, { dataDir }: Where, tools: Tools): Promise<void> {
  const rows = await tools.backup(dataDir, file);
  tools.terminal.note(`${rows} rows are in ${file}. Keep the secret and the media folder beside it.\n`);
}

export async function runRestore(file: string, { dataDir }: Where, tools: Tools): Promise<void> {
  const counts = await tools.restore(dataDir, file);
  const said = Object.entries(counts).map(([table, rows]) => `${table} ${rows}`);
  tools.terminal.note(`Restored: ${said.join(", ") || "nothing"}.\n`);
}

export function addBackup(program: Command, tools: Tools): void {
  const where = "With DATABASE_URL, of that server; else of the data folder, whose service must not be running.";
  program
    .command("backup <file>")
    .summary("write the database of a service to a file")
    .description(`Writes everything that is kept, from one moment, compressed. ${where}`)
    .option("--data-dir <folder>", "where the service keeps its data", "affekt-data")
    .action((file: string, options: Where) => runBackup(file, options, tools));
  program
    .command("restore <file>")
    .summary("fill an empty database from such a file")
    .description(`Fills an empty database, of either engine. ${where}`)
    .option("--data-dir <folder>", "where the service will keep its data", "affekt-data")
    .action((file: string, options: Where) => runRestore(file, options, tools));
}

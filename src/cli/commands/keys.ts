/** `affekt keys`: makes, lists and revokes the keys of a service. */
import { type Command, Option } from "commander";
import { AffektError } from "../../core/errors.ts";
import { positiveInteger } from "../arguments.ts";
import { renderTable } from "../render/table.ts";
import type { Tools } from "../tools.ts";

type Scopes = readonly ("recognize" | "read" | "admin")[];

interface Where {
  readonly dataDir: string;
}

export interface AddKeyOptions extends Where {
  readonly scope: Scopes;
  readonly owner: string;
  readonly days?: number;
}

export async function runAddKey(name: string, options: AddKeyOptions, tools: Tools): Promise<void> {
  const { dataDir, scope, owner, days } = options;
  const keys = await tools.openKeys(dataDir);
  try {
    tools.terminal.print(await keys.add({ name, owner, scopes: scope, days }));
    tools.terminal.note("This is the only time that the key is shown. Send it as: Authorization: Bearer <key>\n");
  } finally {
    await keys.close();
  }
}

export async function runListKeys({ dataDir, json }: Where & { readonly json?: boolean }, tools: Tools): Promise<void> {
  const { terminal } = tools;
  const keys = await tools.openKeys(dataDir);
  try {
    const found = await keys.list();
    if (json === true || !terminal.interactive) {
      terminal.print(JSON.stringify(found, null, 2));
      return;
    }
    const day = (date: Date | null) => date?.toISOString().slice(0, 10) ?? "";
    const rows = found.map((key) => [
      key.id,
      key.name,
      key.owner,
      key.scopes.join(", "),
      day(key.createdAt),
      day(key.expiresAt),
      day(key.revokedAt),
    ]);
    terminal.print(renderTable(["id", "name", "owner", "scopes", "made", "expires", "revoked"], rows));
  } finally {
    await keys.close();
  }
}

export async function runRevokeKey(id: string, { dataDir }: Where, tools: Tools): Promise<void> {
  const keys = await tools.openKeys(dataDir);
  try {
    if (!(await keys.revoke(id))) {
      throw new AffektError("not-found", `There is no key ${id} to revoke.`, "See: affekt keys list");
    }
    tools.terminal.note(`The key ${id} is revoked.\n`);
  } finally {
    await keys.close();
  }
}

const SCOPES = ["recognize", "read", "admin"] as const;

export function addKeys(program: Command, tools: Tools): void {
  const keys = program.command("keys").summary("make, list or revoke the keys of a service");
  const dataDir = () => new Option("--data-dir <folder>", "where the service keeps its data").default("affekt-data");
  keys
    .command("add <name>")
    .description("Makes a key and prints it. With DATABASE_URL, on that server; else the service must not be running.")
    .addOption(new Option("--scope <scopes...>", "what it may do").choices(SCOPES).default(["recognize", "read"]))
    .option("--owner <name>", "whose data it writes and reads", "local")
    .addOption(new Option("--days <number>", "until it expires; never by default").argParser(positiveInteger))
    .addOption(dataDir())
    .action((name: string, options: AddKeyOptions) => runAddKey(name, options, tools));
  keys
    .command("list", { isDefault: true })
    .description("Lists the keys, without their secrets.")
    .addOption(dataDir())
    .option("--json", "print JSON on a terminal too")
    .action((options: Where & { json?: boolean }) => runListKeys(options, tools));
  keys
    .command("revoke <id>")
    .description("Revokes a key at once and for good.")
    .addOption(dataDir())
    .action((id: string, options: Where) => runRevokeKey(id, options, tools));
}

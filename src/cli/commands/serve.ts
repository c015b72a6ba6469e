/** `affekt serve`: the service over HTTP, until it is told to stop. */
import { type Command, Option } from "commander";
import { nonNegativeInteger, positiveInteger } from "../arguments.ts";
import type { Tools } from "../tools.ts";
import { noteMissing } from "./recognize.ts";

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly models?: string;
  readonly license?: "any" | "permissive";
  readonly workers?: number;
  readonly dataDir: string;
  readonly keepDays: number;
  readonly scenarios?: string;
  readonly requireScenario?: boolean;
  readonly jobs: boolean;
  readonly mediaDir?: string;
  readonly rateLimit: number;
  readonly oidcIssuer?: string;
  readonly oidcAudience: string;
}

export async function runServe(options: ServeOptions, tools: Tools): Promise<void> {
  const { terminal } = tools;
  const { rateLimit: ratePerMinute, oidcIssuer: issuer, oidcAudience: audience, ...rest } = options;
  const service = await tools.serve({
    ...rest,
    ratePerMinute,
    ...(issuer === undefined ? {} : { oidc: { issuer, audience } }),
    version: tools.version,
    log: { write: (line) => terminal.print(line.trimEnd()) },
  });
  noteMissing(service.missing ?? [], tools);
  for (const warning of service.warnings ?? []) terminal.note(`${warning}\n`);
  terminal.note(
    `affekt listens on ${service.url}: open it in a browser (documentation: ${service.url}/docs). Stop it with Ctrl-C.\n`,
  );
  const endReloads = tools.onReload(async () => {
    await service.reload?.();
    terminal.note("The models in the folder are in use now.\n");
  });
  await tools.untilStopped();
  endReloads();
  terminal.note("Stopping: what is being asked is still answered.\n");
  await service.close();
}

export function addServe(program: Command, tools: Tools): void {
  program
    .command("serve")
    .summary("answer over HTTP")
    .description(
      "Serves recognition over HTTP: POST /v1/recognize and more; see /docs once it runs. Without a key (`affekt " +
        "keys`) it answers this machine only. Logs go to standard output as JSON, without media or texts.",
    )
    .addOption(new Option("--port <number>", "port; 0 takes a free one").argParser(nonNegativeInteger).default(8080))
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--models <folder>", "use these models instead of the shipped ones")
    .addOption(
      new Option("--license <terms>", "leave out models whose training data restrict their use").choices([
        "any",
        "permissive",
      ]),
    )
    .addOption(
      new Option("--workers <number>", "processes that recognize; one per core by default").argParser(positiveInteger),
    )
    .option("--data-dir <folder>", "where data are kept; with DATABASE_URL, on that PostgreSQL server", "affekt-data")
    .addOption(
      new Option("--keep-days <number>", "days that predictions are kept; 0 keeps none")
        .argParser(nonNegativeInteger)
        .default(30),
    )
    .option("--scenarios <folder>", "uses beside the shipped ones, a .json file each")
    .option("--require-scenario", "recognize nothing for requests that name no scenario")
    .option("--no-jobs", "leave jobs to `affekt worker`, which then needs DATABASE_URL")
    .option("--media-dir <folder>", "where media of jobs lie, sealed; within the data folder by default")
    .addOption(
      new Option("--rate-limit <number>", "requests a minute that one key may make; 0: any number")
        .argParser(nonNegativeInteger)
        .default(1_200),
    )
    .option("--oidc-issuer <url>", "also take tokens of people that this OpenID Connect issuer signed")
    .option("--oidc-audience <name>", "for whom such tokens must be made out", "affekt")
    .action((options: ServeOptions) => runServe(options, tools));
}

/**
 * What growing costs: jobs of each kind through PostgreSQL with one worker process and with two, what a million
 * utterances cost at that rate, and how much queue and store do where networks cost nothing. Writes the tables of
 * docs/scale.md.
 *
 *     npm run bench -- scale [--items 1000] [--price 0.04] [--write]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { hasPostgres } from "../../test/support/postgres.ts";
import { tinyText } from "../../test/support/tiny-models.ts";
import { requestBodies } from "../serve/bodies.ts";
import { type Kind, type Measured, measure } from "./measure.ts";

const PAGE = fileURLToPath(new URL("../../docs/scale.md", import.meta.url));
const SECONDS_PER_HOUR = 3_600;
const MILLION = 1e6;
/** Shares of the texts' number, since these take longer. */
const SHARE = { text: 1, picture: 0.2, speech: 0.2, "all three": 0.1 } as const;
/** Where networks cost next to nothing. */
const QUEUE = "queue and store alone";

async function kindsOf(items: number, folder: string): Promise<readonly (readonly Kind[])[]> {
  const bodies = await requestBodies();
  const shipped = Object.entries(bodies).map(([what, body]): Kind => {
    const { keep: _, ...input } = JSON.parse(body) as Record<string, unknown>;
    return { what, input, items: Math.max(32, Math.round(items * SHARE[what as keyof typeof SHARE])) };
  });
  const models = join(folder, "models");
  mkdirSync(models);
  writeFileSync(join(models, "text.onnx"), tinyText());
  return [shipped, [{ what: QUEUE, input: { text: "😀" }, items: items * 2, models }]];
}

const rate = ({ items, seconds }: Measured): number => items / seconds;
const digits = (value: number): string => value.toFixed(value < 10 ? 1 : 0);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** CPU time of the whole service for one utterance, in seconds. */
const ownSeconds = (one: Measured): number =>
  (one.workerCoreSeconds + one.databaseCoreSeconds + one.serviceCoreSeconds) / one.items;

const milliseconds = (seconds: number, { items }: Measured): string => digits((1000 * seconds) / items);

/** Rates with one worker and with two, and where the processors' time goes. */
function rateTable(found: readonly Measured[], cores: number): string {
  return table(
    [
      "utterances",
      "workers",
      "number",
      "a second",
      "worker ms",
      "database ms",
      "service ms",
      "commits",
      "stored",
      "others",
    ],
    found.map((one) => [
      one.what,
      String(one.workers),
      String(one.items),
      digits(rate(one)),
      milliseconds(one.workerCoreSeconds, one),
      milliseconds(one.databaseCoreSeconds, one),
      milliseconds(one.serviceCoreSeconds, one),
      (one.commits / one.items).toFixed(2),
      `${(one.storedBytes / one.items / 1024).toFixed(1)} KiB`,
      `${Math.round((100 * one.otherCoreSeconds) / (one.seconds * cores))} %`,
    ]),
  );
}

/** Of those measured with most workers, without the one that is no use. */
function lastOf(found: readonly Measured[]): readonly Measured[] {
  const most = Math.max(...found.map(({ workers }) => workers));
  return found.filter(({ workers, what }) => workers === most && what !== QUEUE);
}

/** What a million cost where the cores that are paid for are kept busy. */
function costTable(found: readonly Measured[], price: number): string {
  return table(
    ["a million", "core hours", "of it workers", `price at $${price} a core hour`, "stored"],
    lastOf(found).map((one) => {
      const hours = (ownSeconds(one) * MILLION) / SECONDS_PER_HOUR;
      return [
        one.what,
        digits(hours),
        `${Math.round((100 * one.workerCoreSeconds) / one.items / ownSeconds(one))} %`,
        `$${(hours * price).toFixed(2)}`,
        `${(((one.storedBytes / one.items) * MILLION) / 2 ** 30).toFixed(1)} GiB`,
      ];
    }),
  );
}

const LOADS = [1, 10, 100, 1_000] as const;

/** What database and service have to do at so many times what one such machine, busy to the full, recognizes. */
function loadTable(found: readonly Measured[], cores: number): string {
  return table(
    ["utterances", "load", "a second", "a day", "cores of workers", "cores of PostgreSQL", "cores of services"],
    lastOf(found).flatMap((one) =>
      LOADS.map((load) => {
        const perSecond = (load * cores) / ownSeconds(one);
        const needed = (seconds: number): string => digits((perSecond * seconds) / one.items);
        return [
          one.what,
          `${load}x`,
          digits(perSecond),
          `${digits((perSecond * 24 * SECONDS_PER_HOUR) / MILLION)} million`,
          needed(one.workerCoreSeconds),
          needed(one.databaseCoreSeconds),
          needed(one.serviceCoreSeconds),
        ];
      }),
    ),
  );
}

/** @throws Error if the page has no such place */
function put(page: string, marker: string, content: string): string {
  const [from, to] = [`<!-- ${marker} -->\n`, `\n<!-- /${marker} -->`];
  const [start, end] = [page.indexOf(from), page.indexOf(to)];
  if (start === -1 || end === -1) throw new Error(`docs/scale.md has no place for ${marker}`);
  return page.slice(0, start + from.length) + content + page.slice(end);
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      items: { type: "string", default: "1000" },
      price: { type: "string", default: "0.04" },
      write: { type: "boolean", default: false },
    },
  });
  if (!hasPostgres) throw new Error("needs PostgreSQL (apt install postgresql)");
  const folder = mkdtempSync(join(tmpdir(), "affekt-bench-scale-"));
  const found: Measured[] = [];
  try {
    const groups = await kindsOf(Number(values.items), folder);
    for (const kinds of groups) {
      for (const workers of [1, 2]) {
        await measure(kinds, workers, folder, (one) => {
          found.push(one);
          console.log(JSON.stringify(one));
        });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const order = [...new Set(found.map(({ what }) => what))];
  const sorted = [...found].sort((a, b) => order.indexOf(a.what) - order.indexOf(b.what) || a.workers - b.workers);
  const cores = availableParallelism();
  const said =
    `\`npm run bench -- scale --items ${values.items} --write\`, Node ${process.version}, ${cores} × ` +
    `${cpus()[0]?.model.trim() ?? "unknown processor"}. PostgreSQL, service and workers share the machine.`;
  const tables: [string, string][] = [
    ["rates", `${said}\n\n${rateTable(sorted, cores)}`],
    ["cost", costTable(sorted, Number(values.price))],
    ["loads", loadTable(sorted, cores)],
  ];
  for (const [, shown] of tables) console.log(`${shown}\n`);
  if (!values.write) return;
  writeFileSync(
    PAGE,
    tables.reduce((page, [marker, content]) => put(page, marker, content), readFileSync(PAGE, "utf8")),
  );
}

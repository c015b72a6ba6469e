/** `affekt data compose`: trimodal rows from three corpora, for the article's case. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { MODALITIES } from "../../core/modality.ts";
import type { ComposeReport } from "../../data/compose.ts";
import type { Manifest } from "../../data/manifest.ts";
import { nonNegativeInteger, positiveInteger } from "../arguments.ts";
import { openManifest } from "../labelled-rows.ts";
import type { Tools } from "../tools.ts";

export interface ComposeCommandOptions {
  /** A manifest file, or the name of a data set below `root`. */
  readonly text: string;
  readonly face: string;
  readonly speech: string;
  readonly labels: readonly string[];
  readonly count: number;
  readonly seed: number;
  readonly testShare: number;
  readonly validationShare: number;
  readonly root: string;
  /** Folder for the manifest. */
  readonly out: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

async function open(
  source: string,
  { root, strict = false }: Pick<ComposeCommandOptions, "root" | "strict">,
  tools: Tools,
): Promise<Manifest> {
  const { files } = tools;
  const { ferDropped } = await import("../../data/datasets/fer2013.ts");
  const from = (await files.exists(source)) ? { manifest: source } : { dataset: source, root };
  const manifest = await openManifest({ ...from, strict }, tools);
  const rows = manifest.rows.filter((row) => !ferDropped(row));
  return { ...manifest, rows, base: files.absolute(manifest.base) };
}

function told({ rows, splits, labels, sources, columns, note }: ComposeReport, path: string): string {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  const carried = MODALITIES.filter((modality) => columns[modality].length > 0);
  return [
    `${rows} rows in ${path}`,
    `  splits    ${list(splits)}`,
    `  labels    ${list(labels)}`,
    ...MODALITIES.map((modality) => {
      const { name, different, mostRepeated } = sources[modality];
      return `  ${modality.padEnd(9)} ${name}: different samples ${list(different)}; at most ${mostRepeated} times each`;
    }),
    ...carried.map((modality) => `  columns   of ${modality}: ${columns[modality].join(", ")}`),
    `  note      ${note}`,
  ].join("\n");
}

/** @throws AffektError `usage`, `file`, `manifest`, `data` */
export async function runCompose(options: ComposeCommandOptions, tools: Tools): Promise<void> {
  const { terminal, files } = tools;
  const [{ compose }, { writeManifest }] = await Promise.all([
    import("../../data/compose.ts"),
    import("../../data/prepare.ts"),
  ]);
  const [text, face, speech] = [
    await open(options.text, options, tools),
    await open(options.face, options, tools),
    await open(options.speech, options, tools),
  ];
  const { manifest, report } = compose({ text, face, speech }, options);
  const path = `${options.out}/composed.jsonl`;
  const { header } = await writeManifest(files, path, manifest);
  if (options.json || !terminal.interactive) {
    terminal.print(JSON.stringify({ ...report, path, sha256: header.sha256 }, null, 2));
  } else terminal.print(told(report, path));
}

function names(value: string): string[] {
  return value.split(",").filter((name) => name !== "");
}

function share(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number < 1)) throw new InvalidArgumentError("Expected a number between 0 and 1.");
  return number;
}

export function addCompose(data: Command, tools: Tools): void {
  data
    .command("compose")
    .summary("pair a text, a face and a speech corpus by label")
    .description(
      "Makes trimodal rows: a text, a face and a voice with the same label side by side, no subject in two splits. The " +
        "pairing is artificial, and every row says so. Sources are manifests or names of data sets.",
    )
    .requiredOption("--text <source>", "manifest or data set with texts")
    .requiredOption("--face <source>", "manifest or data set with pictures of faces")
    .requiredOption("--speech <source>", "manifest or data set with sound")
    .addOption(new Option("--labels <names>", "labels, with commas").argParser(names).makeOptionMandatory())
    .addOption(new Option("--count <rows>", "rows in all").argParser(positiveInteger).default(1000))
    .addOption(new Option("--seed <number>", "of all that is random").argParser(nonNegativeInteger).default(1))
    .addOption(new Option("--test-share <share>", "rows for testing").argParser(share).default(0.2))
    .addOption(
      new Option("--validation-share <share>", "of the other rows, to select on").argParser(share).default(0.2),
    )
    .option("--root <folder>", "where the data sets lie", tools.dataFolder)
    .requiredOption("--out <folder>", "where composed.jsonl goes")
    .option("--strict", "stop at the first broken row")
    .option("--json", "print JSON on a terminal too")
    .action((options: ComposeCommandOptions) => runCompose(options, tools));
}

/** `affekt doctor`: what this machine has, and whether it is enough. */
import { arch, availableParallelism, freemem, platform, totalmem } from "node:os";
import type { Command } from "commander";
import { AffektError } from "../../core/errors.ts";
import { asAffektError } from "../exit-codes.ts";
import { packageVersion } from "../installed.ts";
import { findModels } from "../shelf.ts";
import type { Tools } from "../tools.ts";

/** `missing` only narrows what can be done; `broken` stops recognition. */
export type State = "ok" | "missing" | "broken";

export interface Finding {
  readonly name: string;
  readonly state: State;
  readonly detail: string;
  readonly hint?: string;
}

/** Functions that look at one thing each. */
export type Probe = () => Promise<Finding>;

async function probeRuntime(): Promise<Finding> {
  try {
    const [{ nodeRuntime }, { encodeModel }] = await Promise.all([
      import("../../platform/node/runtime.ts"),
      import("../../graph/onnx-write.ts"),
    ]);
    const runtime = nodeRuntime();
    const value = (name: string) => ({ name, type: "float32" as const, dims: [1] });
    const session = await runtime.open(
      encodeModel({
        nodes: [{ op: "Neg", inputs: ["x"], outputs: ["y"] }],
        initializers: [],
        inputs: [value("x")],
        outputs: [value("y")],
      }),
    );
    const { y } = await session.run({ x: { type: "float32", dims: [1], data: Float32Array.of(2) } });
    await session.release();
    if (y?.data[0] !== -2) throw new AffektError("model", "The runtime answered wrongly.", "Install it again.");
    return { name: "runtime", state: "ok", detail: `${runtime.name}, ${availableParallelism()} threads` };
  } catch (cause) {
    const { message, hint } = asAffektError(cause);
    return { name: "runtime", state: "broken", detail: message, hint };
  }
}

async function probeFfmpeg(): Promise<Finding> {
  const { findFfmpeg } = await import("../../platform/node/ffmpeg.ts");
  let ffmpeg: Awaited<ReturnType<typeof findFfmpeg>>;
  try {
    ffmpeg = await findFfmpeg();
  } catch (cause) {
    // It is there and does not answer: what it decodes will fail, and not be decoded by something else.
    const { message, hint } = asAffektError(cause);
    return { name: "ffmpeg", state: "missing", detail: message, hint };
  }
  const chosen = process.env["AFFEKT_FFMPEG"] ?? "";
  const named = chosen === "" ? "" : ` (AFFEKT_FFMPEG: ${chosen})`;
  if (ffmpeg !== null) return { name: "ffmpeg", state: "ok", detail: `ffmpeg version ${ffmpeg.version}${named}` };
  return {
    name: "ffmpeg",
    state: "missing",
    detail: `not found${named}: decodes sound and video other than WAV`,
    hint:
      chosen === ""
        ? "apt-get install ffmpeg, or your system's way"
        : "let AFFEKT_FFMPEG name an ffmpeg that runs, or unset it",
  };
}

function probePackage(name: string, use: string, needed: boolean): Probe {
  return async () => {
    const version = packageVersion(name);
    if (version !== undefined) return { name, state: "ok", detail: version };
    return { name, state: needed ? "broken" : "missing", detail: `not installed: ${use}`, hint: "run npm ci again" };
  };
}

async function probeModels(tools: Tools): Promise<Finding> {
  const entries = await findModels(tools.modelFolder, tools.files);
  const good = entries.flatMap((entry) => (entry.ok ? [`${entry.contract.id} ${entry.contract.version}`] : []));
  const bad = entries.flatMap((entry) => (entry.ok ? [] : [`${entry.file}: ${entry.error.message}`]));
  if (bad.length > 0) return { name: "models", state: "broken", detail: bad.join("; "), hint: "restore these files" };
  if (good.length > 0) return { name: "models", state: "ok", detail: good.join(", ") };
  return { name: "models", state: "missing", detail: `none in ${tools.modelFolder}`, hint: "see affekt train" };
}

function probes(tools: Tools): readonly Probe[] {
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return [
    async () => ({ name: "affekt", state: "ok", detail: tools.version }),
    async () => ({ name: "node", state: "ok", detail: `${process.version}, ${platform()} ${arch()}` }),
    async () => ({ name: "memory", state: "ok", detail: `${gigabytes(freemem())} free of ${gigabytes(totalmem())}` }),
    probeRuntime,
    probePackage("sharp", "decodes pictures", true),
    probePackage("@vladmandic/human", "holds the face detector's weights", true),
    probePackage("@ricky0123/vad-web", "holds the voice detector", true),
    probeFfmpeg,
    probePackage("@mediabunny/server", "decodes sound and video where ffmpeg is missing", false),
    () => probeModels(tools),
  ];
}

const MARKS: Readonly<Record<State, readonly ["green" | "yellow" | "red", string]>> = {
  ok: ["green", "✓"],
  missing: ["yellow", "–"],
  broken: ["red", "✗"],
};

/** @throws AffektError `missing-tool` if something is broken, after all findings were printed */
export async function runDoctor(
  options: { readonly json?: boolean },
  tools: Tools,
  looks: readonly Probe[] = probes(tools),
): Promise<void> {
  const { terminal } = tools;
  const findings = await Promise.all(looks.map((look) => look()));
  if (options.json || !terminal.interactive) terminal.print(JSON.stringify(findings, null, 2));
  else {
    for (const { name, state, detail, hint } of findings) {
      const [colour, mark] = MARKS[state];
      terminal.print(`${terminal.paint(colour, mark)} ${name.padEnd(20)} ${detail}`);
      if (hint !== undefined) terminal.print(`  ${" ".repeat(20)} hint: ${hint}`);
    }
  }
  const broken = findings.filter(({ state }) => state === "broken").map(({ name }) => name);
  if (broken.length > 0) {
    throw new AffektError("missing-tool", `Broken here: ${broken.join(", ")}.`, "Mend what is marked above.");
  }
}

export function addDoctor(program: Command, tools: Tools): void {
  program
    .command("doctor")
    .description("Shows what this machine has: runtime, threads, ffmpeg, models, versions.")
    .option("--json", "print JSON on a terminal too")
    .action((options: { json?: boolean }) => runDoctor(options, tools));
}

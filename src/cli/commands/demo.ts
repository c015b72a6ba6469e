/** `affekt demo`: a real recognition of a text, a photograph and a sound, without any file of your own. */
import type { Command } from "commander";
import type { Inputs } from "../../core/prediction.ts";
import { renderPrediction } from "../render/prediction.ts";
import type { RecognizerOptions, Tools } from "../tools.ts";
import { withRecognizerOptions } from "./recognize.ts";

export interface DemoOptions extends RecognizerOptions {
  readonly json?: boolean;
}

const TEXT = "We did it! I still can't believe that we won, I am so happy!";

async function scenes(): Promise<readonly (readonly [string, Inputs])[]> {
  const [{ portrait }, { voice }] = await Promise.all([import("../demo/photograph.ts"), import("../demo/voice.ts")]);
  const [image, audio] = [await portrait(), voice()];
  return [
    [`a text: ${TEXT}`, { text: TEXT }],
    ["a photograph: the sample portrait of @vladmandic/human", { image }],
    ["a sound: a lively voice, synthesized here", { audio }],
    ["all three together", { text: TEXT, image, audio }],
  ];
}

export async function runDemo(options: DemoOptions, tools: Tools): Promise<void> {
  const { terminal } = tools;
  const recognizer = await tools.openRecognizer(options);
  try {
    for (const [name, inputs] of await scenes()) {
      const started = terminal.now();
      const prediction = await recognizer.recognize(inputs);
      const tookMs = Math.round(terminal.now() - started);
      if (options.json) terminal.print(JSON.stringify({ name, tookMs, ...prediction }));
      else terminal.print(`${renderPrediction(prediction, terminal, name)}\n  ${tookMs} ms\n`);
    }
  } finally {
    await recognizer.close();
  }
}

export function addDemo(program: Command, tools: Tools): void {
  withRecognizerOptions(program.command("demo"))
    .summary("recognize a text, a photograph and a sound that affekt brings along")
    .description("Recognizes a text, a photograph and a sound, each alone and all together, without any file of yours.")
    .option("--json", "print JSON lines")
    .action((options: DemoOptions) => runDemo(options, tools));
}

/** `affekt explain`: what in a text, a face or a voice speaks for a label, and what against it. */
import type { Command } from "commander";
import { AffektError } from "../../core/errors.ts";
import type { Inputs } from "../../core/prediction.ts";
import { positiveInteger } from "../arguments.ts";
import { renderExplanation } from "../render/explanation.ts";
import type { RecognizerOptions, Tools } from "../tools.ts";
import { noteMissing, withRecognizerOptions } from "./recognize.ts";

export interface ExplainCommandOptions extends RecognizerOptions {
  readonly text?: string;
  readonly image?: string;
  readonly audio?: string;
  readonly video?: string;
  readonly label?: string;
  readonly calls?: number;
  readonly json?: boolean;
  /** Where the heat map of the face is written. */
  readonly out?: string;
}

type Source = "text" | "image" | "audio" | "video";

const ENDINGS: Readonly<Record<Exclude<Source, "text">, RegExp>> = {
  image: /\.(?:jpe?g|png|webp|gif|tiff?|avif|bmp)$/iu,
  audio: /\.(?:wav|mp3|flac|ogg|opus|m4a|aac)$/iu,
  video: /\.(?:mp4|mov|webm|mkv|avi)$/iu,
};

/** The medium of a file by its name's ending, or a text: the content of a .txt file, or what was written itself. */
async function sourceOf(input: string, { files, terminal }: Tools): Promise<Inputs> {
  if (input === "-") return { text: new TextDecoder().decode(await terminal.stdin()) };
  for (const [source, ending] of Object.entries(ENDINGS)) if (ending.test(input)) return { [source]: input };
  if (/\.(?:txt|md)$/iu.test(input) && (await files.exists(input))) return { text: await files.readText(input) };
  if (await files.exists(input)) {
    throw new AffektError(
      "usage",
      `The kind of the file ${input} cannot be told by its name.`,
      "Pass it with --image, --audio or --video.",
    );
  }
  return { text: input };
}

async function inputsOf(input: string | undefined, options: ExplainCommandOptions, tools: Tools): Promise<Inputs> {
  const { text, image, audio, video } = options;
  const named: Inputs = {
    ...(text === undefined ? {} : { text }),
    ...(image === undefined ? {} : { image }),
    ...(audio === undefined ? {} : { audio }),
    ...(video === undefined ? {} : { video }),
  };
  const inputs = { ...(input === undefined ? {} : await sourceOf(input, tools)), ...named };
  if (Object.keys(inputs).length === 0) {
    throw new AffektError(
      "usage",
      "Nothing to explain was given.",
      "Pass a text or a file, or --text, --image, --audio, --video.",
    );
  }
  return inputs;
}

export async function runExplain(
  input: string | undefined,
  options: ExplainCommandOptions,
  tools: Tools,
): Promise<void> {
  const { terminal, files } = tools;
  const { label, calls, out } = options;
  const inputs = await inputsOf(input, options, tools);
  if (out !== undefined && inputs.image === undefined && inputs.video === undefined) {
    throw new AffektError(
      "usage",
      "--out writes the heat map of a face, and no picture was given.",
      "Pass a picture or a film too.",
    );
  }
  const recognizer = await tools.openRecognizer(options);
  noteMissing(recognizer.missing ?? [], tools);
  try {
    const explanation = await recognizer.explain(inputs, { label, calls });
    const asJson = options.json === true || !terminal.interactive;
    terminal.print(
      asJson
        ? JSON.stringify(explanation, null, terminal.interactive ? 2 : 0)
        : `${renderExplanation(explanation, terminal)}\n`,
    );
    if (out === undefined) return;
    if (explanation.face === undefined) {
      throw new AffektError(
        "no-face",
        `No face was explained, so that ${out} was not written.`,
        "Use a picture with a face.",
      );
    }
    const { image, video } = inputs as { image?: string; video?: string };
    await files.write(out, await tools.heatPng({ image, video }, explanation.face));
    terminal.note(`${out} written\n`);
  } finally {
    await recognizer.close();
  }
}

export function addExplain(program: Command, tools: Tools): void {
  withRecognizerOptions(program.command("explain [input]"))
    .summary("say what in a text, a face or a voice speaks for a label")
    .description(
      "Says what each word, part of a face, moment of speech, and each of text, face and voice added to a label.\n\n" +
        "The input is a text, - for standard input, or a file: .txt, a picture, a recording or a film. The options " +
        "take the parts of one utterance. What it means, what it costs, what it cannot tell: docs/explanation.md.",
    )
    .option("--text <text>", "what was said or written")
    .option("--image <file>", "a photograph")
    .option("--audio <file>", "a recording of speech")
    .option("--video <file>", "a film")
    .option("--label <label>", "explain this label instead of the one with the highest score")
    .option("--calls <count>", "variants of a text that may be read (default 512)", positiveInteger)
    .option("--out <file>", "write the heat map of the face as PNG")
    .option("--json", "print JSON on a terminal too")
    .action((input: string | undefined, options: ExplainCommandOptions) => runExplain(input, options, tools));
}

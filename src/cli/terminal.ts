/** Where commands write and read. Handed in, so that a test reads what a person would see. */
import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  /** Whether a person reads standard output: tables then, JSON otherwise. */
  readonly interactive: boolean;
  /** Whether a person reads standard error: progress lines that rewrite themselves then. */
  readonly live: boolean;
  readonly columns: number;
  /** Colours the text where the output shows colours. */
  paint(style: Style, text: string): string;
  /** Results, to standard output. A line feed is added. */
  print(text: string): void;
  /** Everything else, to standard error. No line feed is added. */
  note(text: string): void;
  /** All of standard input. */
  stdin(): Promise<Uint8Array>;
  /** Standard input by lines. */
  stdinLines(): AsyncIterable<string>;
  /** Milliseconds since some fixed moment. */
  now(): number;
}

function wantsColour(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "0") return true;
  return process.stdout.isTTY === true && TERM !== "dumb";
}

async function readStdin(): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Uint8Array);
  return new Uint8Array(Buffer.concat(pieces));
}

async function* readStdinLines(): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of process.stdin) {
    const lines = (rest + decoder.decode(piece as Uint8Array, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

export function nodeTerminal(): Terminal {
  const colour = wantsColour();
  return {
    interactive: process.stdout.isTTY === true,
    live: process.stderr.isTTY === true && process.env.TERM !== "dumb",
    columns: process.stdout.columns ?? 80,
    paint: (style, text) => (colour ? styleText(style, text) : text),
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(text),
    stdin: readStdin,
    stdinLines: readStdinLines,
    now: () => performance.now(),
  };
}

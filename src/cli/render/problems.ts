/** The problems of a manifest as a person reads them: the first few, and how many more. */
import type { Problem } from "../../data/row.ts";
import type { Terminal } from "../terminal.ts";
import { visible } from "./visible.ts";

/** Rows that a preparation dropped on purpose are no problems. @param shown how many are written out */
export async function noteProblems(
  problems: readonly Problem[],
  terminal: Pick<Terminal, "note">,
  shown = 20,
): Promise<void> {
  const { problemText } = await import("../../data/manifest.ts");
  const told = problems.filter(({ code }) => code !== "dropped");
  for (const problem of told.slice(0, shown)) terminal.note(`${visible(problemText(problem))}\n`);
  if (told.length > shown) terminal.note(`… ${told.length - shown} more\n`);
}

/** Broken rows that are written out where a command goes on without them; `affekt data check` shows more. */
const SHOWN_IN_PASSING = 5;

/** Tells a command's user which rows it goes on without. */
export async function noteLeftOut(problems: readonly Problem[], terminal: Pick<Terminal, "note">): Promise<void> {
  const broken = problems.filter(({ code }) => code !== "dropped");
  if (broken.length === 0) return;
  await noteProblems(broken, terminal, SHOWN_IN_PASSING);
  terminal.note(
    `${broken.length} broken ${broken.length === 1 ? "row is" : "rows are"} left out; --strict makes it an error\n`,
  );
}

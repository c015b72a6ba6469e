/** Scenarios from files: those of the package, and those of a folder. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AffektError } from "../../core/errors.ts";
import { notJson } from "../../core/parse-json.ts";
import { parseScenario, type Scenario } from "../../scenario/scenario.ts";

/** Larger files are none that a person wrote. */
const MOST_BYTES = 1_000_000;

async function readScenario(path: string): Promise<Scenario> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new AffektError("file", `Could not read the scenario ${path}: ${reason}.`, "Check its permissions.", {
      cause,
    });
  });
  if (text.length > MOST_BYTES) {
    throw new AffektError("config", `The scenario ${path} is larger than 1 MB.`, "Shorten its texts.");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AffektError("config", `The scenario ${path} ${notJson(text)}.`, "Correct it there.", { cause });
  }
  return parseScenario(value, path);
}

async function inFolder(folder: string): Promise<Scenario[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new AffektError("file", `Could not read the scenarios in ${folder}: ${reason}.`, "Check the path.", {
      cause,
    });
  });
  return Promise.all(
    names
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => readScenario(join(folder, name))),
  );
}

/**
 * @param folder of further scenarios, one `.json` file each
 * @throws AffektError `file` if it cannot be read, `config` if a scenario is wrong or an id is there twice
 */
export async function loadScenarios(folder?: string): Promise<readonly Scenario[]> {
  const shipped = await inFolder(fileURLToPath(new URL("../../../scenarios", import.meta.url)));
  const all = [...shipped, ...(folder === undefined ? [] : await inFolder(folder))];
  const twice = all.find(({ id }, index) => all.findIndex((one) => one.id === id) < index);
  if (twice === undefined) return all;
  throw new AffektError(
    "config",
    `Two scenarios have the id ${twice.id}.`,
    "Give your own another id: what a shipped one says should be what it does.",
  );
}

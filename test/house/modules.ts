/** The import graph of `src/`, read with TypeScript's own scanner, and the order that ARCHITECTURE.md lays down. */
import { readdirSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { ROOT, read } from "./tree.ts";

/** A folder imports from rows above its own, never from a neighbour in its row. */
export const ROWS = [
  ["core"],
  ["graph", "preprocess", "data", "metrics"],
  ["encode", "fuse", "classify"],
  ["recognize"],
  ["train", "evaluate", "explain", "monitor", "scenario"],
  ["platform", "store", "queue"],
  ["server", "web"],
  ["cli", "client"],
] as const;

/** File → the files it imports, both as paths under `src/`. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Every module of `src/` that ships: tests and ambient declarations are left out. */
export function importGraph(): ImportGraph {
  const graph = new Map<string, string[]>();
  for (const entry of readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" })) {
    const file = entry.replaceAll("\\", "/");
    if (!/\.tsx?$/.test(file) || file.endsWith(".d.ts") || file.endsWith(".test.ts")) continue;
    const imports = ts.preProcessFile(read(`src/${file}`), true, true).importedFiles;
    graph.set(
      file,
      imports
        .filter(({ fileName }) => fileName.startsWith("."))
        .map(({ fileName }) => posix.join(posix.dirname(file), fileName)),
    );
  }
  return graph;
}

/** Row of a folder of `src/`, or -1 for a file at its top, which may import anything. */
function row(folder: string): number {
  return ROWS.findIndex((folders) => (folders as readonly string[]).includes(folder));
}

/** `platform/node` and `platform/web` are neighbours too. */
function folderOf(file: string): string {
  const parts = file.split("/");
  if (parts.length === 1) return "";
  return parts[0] === "platform" ? `${parts[0]}/${parts[1]}` : (parts[0] ?? "");
}

/** One line per import that does not point down. */
export function upwardImports(graph: ImportGraph): string[] {
  const wrong: string[] = [];
  for (const [file, imports] of graph) {
    const from = folderOf(file);
    if (from === "") continue;
    const fromRow = row(from.split("/")[0] ?? "");
    if (fromRow === -1) wrong.push(`${file}: the folder ${from} has no place in the order`);
    for (const target of imports) {
      const to = folderOf(target);
      if (to !== from && row(to.split("/")[0] ?? "") >= fromRow) wrong.push(`${file} imports ${target}`);
      if (to === "" && fromRow !== -1) wrong.push(`${file} imports ${target}`);
    }
  }
  return wrong;
}

/** Every cycle found by a depth-first walk, as `a → b → a`. */
export function cycles(graph: ImportGraph): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): void {
    if (done.has(file)) return;
    const start = path.indexOf(file);
    if (start !== -1) {
      found.push([...path.slice(start), file].join(" → "));
      return;
    }
    path.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  }
  for (const file of graph.keys()) visit(file);
  return found;
}

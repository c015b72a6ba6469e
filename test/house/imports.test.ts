import { describe, expect, test } from "vitest";
import { cycles, importGraph, upwardImports } from "./modules.ts";

describe("the checker itself", () => {
  test("reports an import that points up and one between neighbours", () => {
    const graph = new Map([
      ["core/tensor.ts", ["graph/build.ts"]],
      ["graph/build.ts", ["metrics/accuracy.ts", "core/tensor.ts"]],
      ["metrics/accuracy.ts", []],
      ["platform/web/runtime.ts", ["platform/node/runtime.ts"]],
      ["platform/node/runtime.ts", ["core/tensor.ts"]],
    ]);
    expect(upwardImports(graph)).toEqual([
      "core/tensor.ts imports graph/build.ts",
      "graph/build.ts imports metrics/accuracy.ts",
      "platform/web/runtime.ts imports platform/node/runtime.ts",
    ]);
  });

  test("reports a folder that the order does not know", () => {
    expect(upwardImports(new Map([["utils/misc.ts", []]]))).toEqual([
      "utils/misc.ts: the folder utils has no place in the order",
    ]);
  });

  test("reports a cycle with its whole path", () => {
    const graph = new Map([
      ["a.ts", ["b.ts"]],
      ["b.ts", ["c.ts"]],
      ["c.ts", ["a.ts"]],
    ]);
    expect(cycles(graph)).toEqual(["a.ts → b.ts → c.ts → a.ts"]);
  });
});

describe("the imports of src", () => {
  const graph = importGraph();

  test("are really read: a run that sees nothing must not pass", () => {
    const edges = [...graph.values()].reduce((sum, imports) => sum + imports.length, 0);
    expect(graph.size).toBeGreaterThan(10);
    expect(edges).toBeGreaterThan(10);
  });

  test("end at files that exist", () => {
    const missing = [...graph].flatMap(([file, imports]) =>
      imports.filter((to) => to.endsWith(".ts") && !graph.has(to)).map((to) => `${file} imports ${to}`),
    );
    expect(missing).toEqual([]);
  });

  test("point down only", () => {
    expect(upwardImports(graph)).toEqual([]);
  });

  test("form no cycle", () => {
    expect(cycles(graph)).toEqual([]);
  });
});

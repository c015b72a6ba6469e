/** Finds PyTorch (Debian's python3-torch) and the library that makes it fastest. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const PYTHON = "/usr/bin/python3";

function output(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? stdout : undefined;
}

export interface PeerSetUp {
  readonly python: string;
  readonly libraryPath: string | undefined;
  /** What a reader should know about the peer, in words. */
  readonly note: string;
}

/** The peer's set-up, or undefined where python3-torch is not installed. */
export function findPeer(): PeerSetUp | undefined {
  if (!existsSync(PYTHON) || output(PYTHON, ["-c", "import torch"]) === undefined) return undefined;
  const library = output("dpkg", ["-L", "libopenblas0-openmp"])
    ?.split("\n")
    .find((path) => path.endsWith("/libblas.so.3"));
  if (library === undefined) {
    const note = "Debian's default BLAS: install libopenblas0-openmp to meet PyTorch at its best";
    return { python: PYTHON, libraryPath: undefined, note };
  }
  return {
    python: PYTHON,
    libraryPath: library.slice(0, library.lastIndexOf("/")),
    note: "with OpenBLAS for OpenMP and channels-last pictures",
  };
}

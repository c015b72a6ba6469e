/** Finds PyTorch (Debian's python3-torch) and the library that makes it fastest. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type EngineProcess, startEngine } from "./engine-process.ts";

const PYTHON = "/usr/bin/python3";

function output(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? stdout : undefined;
}

export interface PeerSetUp {
  readonly python: string;
  readonly libraryPath: string | undefined;
  /** Whether it may stand in a published table. */
  readonly fair: boolean;
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
    return { python: PYTHON, libraryPath: undefined, fair: false, note };
  }
  return {
    python: PYTHON,
    libraryPath: library.slice(0, library.lastIndexOf("/")),
    fair: true,
    note: "with OpenBLAS for OpenMP, its fastest kernels for each network, and channels-last pictures",
  };
}

/**
 * Tells glibc to keep what a step frees for the next one. As it is installed, PyTorch gives large arrays back to the
 * system and has them zeroed anew, page by page, each step: cheap on some machines and most of a step on others.
 */
const KEEPING = { MALLOC_MMAP_MAX_: "0", MALLOC_TRIM_THRESHOLD_: "100000000000", MALLOC_TOP_PAD_: "268435456" };

/** How a peer runs. */
export interface PeerSetting {
  /** Core type of OpenBLAS, "" the one it takes itself. */
  readonly kernels: string;
  /** Whether the allocator keeps its memory. */
  readonly keeping: boolean;
}

/** Starts the peer; asked for one round at a time. */
export function startPeer(
  { python, libraryPath }: PeerSetUp,
  threads: number,
  { kernels, keeping }: PeerSetting,
): EngineProcess {
  return startEngine(python, [fileURLToPath(new URL("./peer.py", import.meta.url)), "--serve"], {
    THREADS: String(threads),
    ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath }),
    ...(kernels === "" ? {} : { OPENBLAS_CORETYPE: kernels }),
    ...(keeping ? KEEPING : {}),
  });
}

/** What OpenBLAS takes itself is not always its best: on Sapphire Rapids 0.3.21 is two to three times slower so. */
const KERNELS = process.arch === "x64" ? ["", "SKYLAKEX", "HASWELL", "ZEN"] : [""];
const TRIAL_SECONDS = 1;

/** The core type with which the peer runs this network fastest, found by a short trial of each. */
export async function fastestKernels(peer: PeerSetUp, network: string, threads: number): Promise<string> {
  let best = { kernels: "", medianMs: Number.POSITIVE_INFINITY };
  for (const kernels of peer.fair ? KERNELS : [""]) {
    // With its memory kept, so that what is compared are the kernels.
    const engine = startPeer(peer, threads, { kernels, keeping: true });
    // A processor without a type's instructions ends that trial.
    const trial = await engine.measure(network, TRIAL_SECONDS).catch(() => undefined);
    engine.stop();
    if (trial && trial.medianMs < best.medianMs) best = { kernels, medianMs: trial.medianMs };
  }
  return best.kernels;
}

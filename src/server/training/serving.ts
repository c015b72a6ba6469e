/**
 * Which models serve: those that the service was started with, and over them the promoted ones, each in the place of
 * what it replaces. The folder that processes read is made anew from links at every change, so that nothing that serves
 * is ever written to, and an earlier model comes back by taking a promotion back.
 */
import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { AffektError } from "../../core/errors.ts";
import { listModels, type ModelFile, shippedModels } from "../../platform/node/open.ts";
import { chooseModels } from "../../recognize/choose-models.ts";
import type { Contract } from "../../recognize/contract.ts";

const Promotion = z.object({ run: z.string(), model: z.string(), promotedAt: z.string() });
export type Promotion = z.infer<typeof Promotion>;

export interface Serving {
  /** The folder of models to read now. */
  folder(): string;
  /** Newest last. */
  promotions(): readonly Promotion[];
  /** Promotions that were found and cannot be kept up: what they replaced serves again. */
  readonly warnings: readonly string[];
  /** Models that a model would take the place of. */
  replacedBy(model: string): Promise<readonly ModelFile[]>;
  /** @throws AffektError whatever keeps the model from serving: then all stays as it was */
  promote(promotion: Promotion): Promise<void>;
  /** @throws AffektError `not-found` if the run is not promoted */
  withdraw(run: string): Promise<void>;
}

export interface ServingOptions {
  /** Absolute. */
  readonly dataDir: string;
  /** The models that the service was started with. Default: the shipped ones. */
  readonly models?: string | undefined;
  readonly license?: "any" | "permissive" | undefined;
  /** Has the processes read the folder. @throws AffektError if its models cannot be used */
  readonly reload: () => Promise<void>;
}

/** @returns undefined if it is no such list */
function readPromotions(text: string): readonly Promotion[] | undefined {
  try {
    return z.array(Promotion).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function link(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  // Not every file system, and not every account, may link.
  await symlink(from, to).catch(() => copyFile(from, to));
}

function languagesOf(contract: Contract): readonly string[] {
  return contract.modality === "text" ? contract.input.languages : [];
}

/** Whether a model does all that another one does. */
function covers(next: Contract, other: Contract): boolean {
  if (other.modality !== next.modality) return false;
  return languagesOf(other).every((language) => languagesOf(next).includes(language));
}

/** Whether it is the one that is asked, in each of its languages. */
function wouldServe(next: ModelFile, models: readonly ModelFile[], license: ServingOptions["license"]): boolean {
  const { text, face, speech } = chooseModels(models, { license });
  if (next.contract.modality !== "text") return [...face, ...speech].includes(next);
  return languagesOf(next.contract).every(
    (language) => text.find(({ contract }) => languagesOf(contract).includes(language)) === next,
  );
}

export async function openServing(options: ServingOptions): Promise<Serving> {
  const { dataDir, models: base = shippedModels(), license, reload } = options;
  const home = join(dataDir, "serving");
  const listed = join(dataDir, "serving.json");
  let promotions: readonly Promotion[] = [];
  const warnings: string[] = [];
  let folder = base;

  /** The base without what is replaced, then the promoted models. */
  async function build(wanted: readonly Promotion[]): Promise<string> {
    if (wanted.length === 0) return base;
    let kept = await listModels(base);
    for (const { model } of wanted) {
      const next = (await listModels(dirname(model))).find(({ path }) => path === model);
      if (next === undefined)
        throw new AffektError("model", "The file of a promoted model is gone.", "Train it again.");
      kept = [...kept.filter(({ contract }) => !covers(next.contract, contract)), next];
      if (!wouldServe(next, kept, license)) {
        throw new AffektError(
          "conflict",
          `${next.contract.id} would not serve: another model does more, or its terms are left out.`,
          "Train on rows of the same languages and terms as the model that serves.",
        );
      }
    }
    const made = join(home, randomUUID());
    for (const { path, contract } of kept) {
      const to = join(made, contract.id);
      await link(path, join(to, "model.onnx"));
      const beside = (await readdir(dirname(path))).includes("tokenizer.json");
      if (beside) await link(join(dirname(path), "tokenizer.json"), join(to, "tokenizer.json"));
    }
    if ((await readdir(base)).includes("pool.json")) await link(join(base, "pool.json"), join(made, "pool.json"));
    return made;
  }

  async function tidy(): Promise<void> {
    for (const name of await readdir(home).catch(() => [])) {
      if (join(home, name) !== folder) await rm(join(home, name), { recursive: true, force: true });
    }
  }

  async function change(wanted: readonly Promotion[]): Promise<void> {
    const before = folder;
    folder = await build(wanted);
    try {
      await reload();
      // Whole or not at all, whenever the service is ended.
      await writeFile(`${listed}.new`, `${JSON.stringify(wanted, null, 2)}\n`);
      await rename(`${listed}.new`, listed);
      promotions = wanted;
    } catch (cause) {
      folder = before;
      await reload();
      throw cause;
    } finally {
      await tidy();
    }
  }

  /** A model that is gone or broken must not keep the service from starting. */
  async function startWith(found: readonly Promotion[]): Promise<void> {
    for (const promotion of found) {
      const wanted = [...promotions, promotion];
      try {
        folder = await build(wanted);
        promotions = wanted;
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        warnings.push(`The promoted model of the training ${promotion.run} does not serve: ${reason}`);
      }
    }
  }

  await readFile(listed, "utf8").then(
    async (text) => {
      const found = readPromotions(text);
      if (found === undefined) warnings.push(`${listed} is damaged: no promoted model serves.`);
      await startWith(found ?? []);
    },
    () => {},
  );
  await tidy();
  return {
    folder: () => folder,
    promotions: () => promotions,
    warnings,
    async replacedBy(model) {
      const next = (await listModels(dirname(model))).find(({ path }) => path === model);
      return next === undefined
        ? []
        : (await listModels(folder)).filter(({ contract }) => covers(next.contract, contract));
    },
    promote: (promotion) => change([...promotions.filter(({ run }) => run !== promotion.run), promotion]),
    async withdraw(run) {
      const rest = promotions.filter((one) => one.run !== run);
      if (rest.length < promotions.length) return change(rest);
      throw new AffektError("not-found", "This training's model was not promoted.", "See GET /v1/trainings.");
    },
  };
}

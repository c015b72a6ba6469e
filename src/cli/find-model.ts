/** A model by its id or the path of its file. */
import { AffektError } from "../core/errors.ts";
import type { ModelFile } from "../platform/node/open.ts";
import { findModels } from "./shelf.ts";
import type { Tools } from "./tools.ts";

/** What a model does, its failures with the path of its file in front: the network itself does not know it. */
export async function naming<T>(path: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    const ofModel = cause instanceof AffektError && (cause.code === "model" || cause.code === "contract");
    if (!ofModel || cause.message.includes(path)) throw cause;
    throw new AffektError(cause.code, `${path}: ${cause.message}`, cause.hint, { cause });
  }
}

/** @throws AffektError `model`, `contract`, `file` */
export async function findModel(
  model: string,
  options: { readonly models?: string },
  tools: Tools,
): Promise<ModelFile> {
  if (model.endsWith(".onnx")) {
    const { contractFromModel } = await import("../recognize/contract-file.ts");
    const bytes = await tools.files.readBytes(model);
    return naming(model, async () => ({ path: model, contract: contractFromModel(bytes) }));
  }
  // A checkpoint, say, or a folder.
  if (/[\\/.]/u.test(model) && (await tools.files.exists(model))) {
    throw new AffektError(
      "model",
      `${model} is no model: expected an id or the path of an .onnx file.`,
      "Name the file that `affekt train` wrote at its end: model.onnx beside the configuration, or what --model said.",
    );
  }
  const folder = options.models ?? tools.modelFolder;
  const entries = await findModels(folder, tools.files);
  for (const entry of entries) {
    if (entry.ok && entry.contract.id === model) return { path: `${folder}/${entry.file}`, contract: entry.contract };
  }
  const known = entries.flatMap((entry) => (entry.ok ? [entry.contract.id] : []));
  throw new AffektError(
    "model",
    `No model in ${folder} has the id ${model}.`,
    known.length === 0 ? "The folder holds no model; pass the path of one." : `There are: ${known.join(", ")}.`,
  );
}

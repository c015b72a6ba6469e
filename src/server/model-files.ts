/** The networks as files for browsers, so that media need not leave the device. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { PoolOptions } from "../fuse/log-linear-pool.ts";
import { type FaceNetwork, faceNetwork } from "../platform/node/face-detector.ts";
import type { ModelFile } from "../platform/node/open.ts";
import { voiceActivityModel } from "../platform/node/speech-models.ts";
import { CATALOGUE_PATH, type Catalogue, type ServedFile, type ServedModel } from "../recognize/catalogue.ts";
import type { Site, SiteFile } from "./site.ts";

export interface ModelFilesOptions {
  /** Of text, face and speech, in order of preference. */
  readonly models: readonly ModelFile[];
  readonly pool?: PoolOptions | undefined;
  readonly keepDays: number;
}

const ONNX = "application/octet-stream";

/** A network as a file whose name holds a hash of its content. */
function add(site: Map<string, SiteFile>, name: string, bytes: Uint8Array, read: SiteFile["read"]): ServedFile {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const url = `/files/${name}-${hash}.onnx`;
  site.set(url, { type: ONNX, immutable: true, read });
  return { url, bytes: bytes.length };
}

/** The detector and the ears come from packages; where one is missing, browsers do without it. */
async function orNone<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch(() => undefined);
}

/** The files, and the catalogue that names them. */
export async function modelFiles({ models, pool, keepDays }: ModelFilesOptions): Promise<Site> {
  const site = new Map<string, SiteFile>();
  const served: ServedModel[] = [];
  for (const { path, contract } of models) {
    const { id, modality } = contract;
    if (modality === "fusion" || modality === "multimodal") continue;
    const languages = modality === "text" ? contract.input.languages : [];
    served.push({ id, modality, languages, ...add(site, id, await readFile(path), () => readFile(path)) });
  }
  const network = (name: FaceNetwork) => orNone(faceNetwork(name));
  const [blazeface, facemesh, ears] = await Promise.all([
    network("blazeface"),
    network("facemesh"),
    orNone(voiceActivityModel()),
  ]);
  const catalogue: Catalogue = {
    models: served,
    ...(blazeface === undefined || facemesh === undefined
      ? {}
      : {
          detector: {
            blazeface: add(site, "blazeface", blazeface, () => faceNetwork("blazeface")),
            facemesh: add(site, "facemesh", facemesh, () => faceNetwork("facemesh")),
          },
        }),
    ...(ears === undefined ? {} : { voice: add(site, "voice", ears, voiceActivityModel) }),
    ...(pool === undefined ? {} : { pool }),
    keepDays,
  };
  const bytes = Buffer.from(JSON.stringify(catalogue));
  site.set(CATALOGUE_PATH, { type: "application/json", immutable: false, read: async () => bytes });
  return site;
}

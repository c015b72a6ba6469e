/** `/v1/manifests`: labelled rows that the service may train on. */
import { z } from "zod";
import { MODALITIES } from "../../core/modality.ts";
import { PROBLEMS } from "../../data/row.ts";
import { type Endpoint, endpoint, ok } from "../endpoint.ts";
import { FOLDER_NAME, MANIFEST_NAME } from "../training/manifest-shelf.ts";
import type { Operator } from "../training/operator.ts";
import { SIZES, suggest } from "../training/training-plan.ts";

const Name = z.string().regex(MANIFEST_NAME, "expected a name such as rows.jsonl, without folders");
const Params = z.strictObject({ name: Name });

const NewManifest = z
  .union([
    z.strictObject({ name: Name, content: z.string().min(1).meta({ description: "The rows: JSONL, CSV or TSV." }) }),
    z.strictObject({
      name: Name.refine((name) => name.endsWith(".jsonl"), "must end in .jsonl"),
      folder: z
        .string()
        .regex(FOLDER_NAME, "expected a folder within the data folder, such as pictures/faces")
        .meta({ description: "Class folders within the data folder: CLASS/[SUBJECT/]file." }),
    }),
  ])
  .meta({ id: "NewManifest" });

const ManifestFile = z
  .object({ name: z.string(), bytes: z.int(), changedAt: z.iso.datetime() })
  .meta({ id: "ManifestFile" });

const Counts = z.record(z.string(), z.int().nonnegative());

const ManifestCheck = z
  .object({
    name: z.string(),
    rows: z.int().meta({ description: "How many are usable." }),
    labels: z.record(z.string(), Counts).meta({ description: "Rows by label, then by split." }),
    modalities: z.object({ text: z.int(), face: z.int(), speech: z.int() }),
    languages: Counts,
    subjects: z.int(),
    examples: z.array(
      z.object({ id: z.string(), label: z.string(), text: z.string().optional(), media: z.string().optional() }),
    ),
    problems: z.array(z.object({ code: z.enum(PROBLEMS), line: z.int(), reason: z.string() })),
    counts: Counts.meta({ description: "How many problems of each kind there are." }),
    suggested: z
      .object({
        modality: z.enum(MODALITIES),
        labels: z.array(z.string()),
        epochs: z.int(),
        size: z.enum(SIZES),
      })
      .nullable()
      .meta({ description: "Choices for a training; null if there is nothing to train on." }),
  })
  .meta({ id: "ManifestCheck" });

/** Characters of an example, and problems that are listed. */
const EXAMPLE_CHARACTERS = 200;
const PROBLEMS_SHOWN = 50;

export function manifestsEndpoints({ shelf, allow, audit }: Operator): Endpoint[] {
  return [
    endpoint(
      {
        method: "GET",
        path: "/v1/manifests",
        summary: "List the manifests to train on",
        scope: "admin",
        replies: { 200: { says: "The files.", schema: z.object({ manifests: z.array(ManifestFile) }) } },
        fails: [],
      },
      async ({ caller }) => {
        allow(caller);
        const found = await shelf.list();
        return ok({
          manifests: found.map(({ changedAt, ...one }) => ({ ...one, changedAt: changedAt.toISOString() })),
        });
      },
    ),
    endpoint(
      {
        method: "POST",
        path: "/v1/manifests",
        summary: "Add a manifest",
        description: "Media that its rows name must lie in the service's data folder.",
        scope: "admin",
        body: NewManifest,
        replies: { 201: { says: "It is there.", schema: z.object({ name: z.string() }) } },
        fails: ["input", "conflict", "manifest", "not-found"],
      },
      async ({ body, caller }) => {
        allow(caller);
        if ("content" in body) await shelf.add(body.name, body.content);
        else await shelf.addFolder(body.name, body.folder);
        await audit(caller, "add-manifest", { name: body.name });
        return { status: 201, body: { name: body.name } };
      },
    ),
    endpoint(
      {
        method: "GET",
        path: "/v1/manifests/{name}",
        summary: "Check a manifest: balance, examples, problems, and what to train",
        scope: "admin",
        params: Params,
        replies: { 200: { says: "What is in it.", schema: ManifestCheck } },
        fails: ["input", "not-found", "manifest"],
      },
      async ({ params: { name }, caller }) => {
        allow(caller);
        const checked = await shelf.check(name);
        const { rows, labels, modalities, languages, subjects, examples, problems, counts } = checked;
        return ok({
          name,
          rows,
          labels,
          modalities,
          languages,
          subjects,
          examples: examples.map(({ id, label = "", text, image, audio }) => ({
            id,
            label,
            ...(text === undefined ? {} : { text: text.slice(0, EXAMPLE_CHARACTERS) }),
            ...((image ?? audio) === undefined ? {} : { media: image ?? audio }),
          })),
          problems: problems.slice(0, PROBLEMS_SHOWN).map(({ code, line, reason }) => ({ code, line, reason })),
          counts,
          suggested: suggest(checked) ?? null,
        });
      },
    ),
    endpoint(
      {
        method: "DELETE",
        path: "/v1/manifests/{name}",
        summary: "Delete a manifest; trainings keep the rows that they were started with",
        scope: "admin",
        params: Params,
        replies: { 200: { says: "It is gone.", schema: z.object({ deleted: z.string() }) } },
        fails: ["input", "not-found"],
      },
      async ({ params: { name }, caller }) => {
        allow(caller);
        await shelf.remove(name);
        await audit(caller, "delete-manifest", { name });
        return ok({ deleted: name });
      },
    ),
  ];
}

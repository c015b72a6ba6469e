/**
 * Photographs for behaviour tests: none to 29 faces, EXIF turns, CMYK, alpha, tiny, cut off. Not for training.
 *
 * `faces` is the number of faces to be found. A row has a label only if the picture shows one expression.
 */
import { canonicalLabel } from "../../core/labels.ts";
import { tableRecords } from "../readers/csv.ts";
import { type Dataset, rowCollector } from "./dataset.ts";

export const e2e: Dataset = {
  name: "e2e",
  title: "Ordinary photographs",
  folder: "face/e2e",
  landmark: "lisa1.jpg",
  version: "1",
  modalities: ["face"],
  languages: [],
  labels: ["joy", "neutral"],
  licence: "CC0, CC BY 4.0 and public domain, by picture (field licence)",
  terms: "permissive",
  source: "by picture (field source)",
  counts: { test: 28 },
  async prepare({ files }) {
    const { add, rows, problems } = rowCollector();
    for await (const { line, field } of tableRecords(files.lines("labels.csv"))) {
      const label = canonicalLabel(field.label ?? "");
      add(
        {
          id: `e2e-${field.file}`,
          image: field.file,
          ...(label === undefined ? {} : { label }),
          split: "test",
          faces: Number(field.faces),
          width: Number(field.width),
          height: Number(field.height),
          licence: field.licence,
          source: field.source,
          note: field.note,
          ...(label === undefined && field.label !== undefined ? { expressions: field.label } : {}),
        },
        { file: "labels.csv", line },
      );
    }
    return { rows, problems };
  },
};

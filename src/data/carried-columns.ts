/** Further columns of the rows that others are composed of: what they are called there, and what a composed row has. */
import { AffektError } from "../core/errors.ts";
import { MODALITIES, type Modality } from "../core/modality.ts";
import type { Extra, Row } from "./row.ts";

/** Further fields that composed rows have of their own. */
const OWN = ["parts", "subjects", "note"];

/** What a head can learn and a report can group by: no lists, no objects. */
const isPlain = (value: Extra | undefined): boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

const columnsOf = (rows: readonly Row[]): ReadonlySet<string> =>
  new Set(rows.flatMap(({ extra }) => Object.keys(extra).filter((field) => isPlain(extra[field]))));

/** Which columns are carried over. */
export interface CarriedColumns {
  /** By modality of the source: its columns, and their names in the composed rows. */
  readonly names: Readonly<Record<Modality, ReadonlyMap<string, string>>>;
  /** Further fields of a row that is composed of these. */
  of(parts: Readonly<Record<Modality, Row>>): Record<string, Extra>;
}

/**
 * A column that one source alone has keeps its name. One that several have says different things of different people:
 * each goes by its modality, `text.valence` and `speech.valence`, and so does one named like a composed row's own field.
 *
 * @param sources all rows of each source, so that names do not depend on which of them are drawn
 * @throws AffektError `data` if a source has a column that is named as another one would be
 */
export function carriedColumns(sources: Readonly<Record<Modality, readonly Row[]>>): CarriedColumns {
  const columns = MODALITIES.map((modality) => [modality, columnsOf(sources[modality])] as const);
  const shared = (field: string): boolean =>
    OWN.includes(field) || columns.filter(([, fields]) => fields.has(field)).length > 1;
  const taken = new Map<string, string>();
  const named = columns.map(([modality, fields]) => {
    const names = [...fields].map((field) => [field, shared(field) ? `${modality}.${field}` : field] as const);
    for (const [field, name] of names) {
      const own = `${field} of ${modality}`;
      const other = taken.get(name);
      taken.set(name, own);
      if (other === undefined) continue;
      throw new AffektError(
        "data",
        `The columns ${other} and ${own} would both be named ${name}.`,
        "Rename one of them in its manifest.",
      );
    }
    return [modality, new Map(names)] as const;
  });
  const names = Object.fromEntries(named) as Readonly<
    Record<string, ReadonlyMap<string, string>>
  > as CarriedColumns["names"];
  return {
    names,
    of: (parts) =>
      Object.fromEntries(
        MODALITIES.flatMap((modality) =>
          [...names[modality]].flatMap(([field, name]) => {
            const value = parts[modality].extra[field];
            return isPlain(value) ? [[name, value as Extra] as const] : [];
          }),
        ),
      ),
  };
}

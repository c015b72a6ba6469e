/** What the tables of the speech corpora say of a clip's speaker. */
import type { TableRecord } from "../readers/csv.ts";

/** Sex, age and words of the clip. The words are not `text`: acted carrier sentences say nothing of the emotion. */
export function speakerFields(field: TableRecord["field"]): Record<string, string | number> {
  return {
    ...(field.gender === undefined ? {} : { sex: field.gender }),
    ...(field.age === undefined ? {} : { age: Number(field.age) }),
    ...(field.text === undefined ? {} : { transcript: field.text }),
  };
}

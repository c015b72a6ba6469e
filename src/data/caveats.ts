/** What has to be said beside every number that is measured on some rows, or that rests on having learned from them. */
import type { Manifest } from "./manifest.ts";
import type { Row } from "./row.ts";

/** Stands in every row that was composed of three corpora. */
export const PAIRING_NOTE =
  "artificial pairing: text, face and voice share the label, not the person or the moment, so fusion is easier here than on people recorded in all three";

export const PAIRING_CAVEAT = `A${PAIRING_NOTE.slice(1)}.`;

const CHINESE: ReadonlyMap<string, string> = new Map([
  [
    PAIRING_CAVEAT,
    "人为配对：文本、人脸与语音只有标签相同，并非出自同一个人、同一时刻，因此在这些样本上融合，比在三者同时录制的真人样本上容易。",
  ],
]);

/** Whatever it was that became of the row since: its header may be gone, or older than this. */
export function isPaired({ extra }: Row): boolean {
  return extra["note"] === PAIRING_NOTE;
}

/** Sentences, each once: those of the headers, and that of rows which say that they were composed. */
export function caveatsOf(manifests: readonly Pick<Manifest, "header" | "rows">[]): string[] {
  return caveatsFor(manifests.map(({ header, rows }) => ({ header, paired: rows.some(isPaired) })));
}

/** As `caveatsOf`, of manifests whose rows are not at hand. @param paired whether any row says that it was composed */
export function caveatsFor(
  manifests: readonly { readonly header: Manifest["header"]; readonly paired: boolean }[],
): string[] {
  return [
    ...new Set(
      manifests.flatMap(({ header, paired }) => [...(header.caveats ?? []), ...(paired ? [PAIRING_CAVEAT] : [])]),
    ),
  ];
}

/** A caveat in Chinese; one that somebody wrote into a header stays as it is. */
export function caveatInChinese(caveat: string): string {
  return CHINESE.get(caveat) ?? caveat;
}

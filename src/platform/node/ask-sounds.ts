/** Asks a speech model about many short clips: one decoder process reads many files, where `askModel` starts one each. */
import { readFile } from "node:fs/promises";
import { settled } from "../../core/settled.ts";
import { type Locator, parseLocator } from "../../data/locator.ts";
import type { Manifest } from "../../data/manifest.ts";
import { joinPath } from "../../data/paths.ts";
import type { Row } from "../../data/row.ts";
import type { Asked, Skipped } from "../../evaluate/ask.ts";
import { cutOut } from "../../evaluate/media-reader.ts";
import { type BandStatistics, speakerStatistics } from "../../preprocess/speech/running-normalization.ts";
import type { SpeechContract } from "../../recognize/contract.ts";
import type { Opinion } from "../../recognize/opinion.ts";
import { openSpeechExpert, type PreparedSpeech } from "../../recognize/speech-expert.ts";
import type { ModelFile } from "./open.ts";
import { nodeRuntime } from "./runtime.ts";
import { type BatchSound, decodeSounds } from "./sound-batch.ts";

/**
 * Whole clips; a row whose sound cannot be decoded, or is too short for the model, is skipped with its reason.
 *
 * @param statistics what a model with `normalization: "speaker"` is normalized by: all of these rows with the same
 * subject, or each clip by itself
 */
export async function askSounds(
  { path, contract, bytes }: ModelFile<SpeechContract>,
  rows: readonly Row[],
  manifest: Pick<Manifest, "base">,
  statistics: "subject" | "clip" = "clip",
): Promise<Asked<Opinion>> {
  const expert = await openSpeechExpert(nodeRuntime(), bytes ?? (await readFile(path)), contract);
  const { sampleRate } = contract.input;
  const ready: { row: Row; prepared: PreparedSpeech }[] = [];
  const skipped: Skipped[] = [];
  const located = rows.map(({ audio = "" }) => parseLocator(audio));
  async function prepare(decoded: BatchSound, place: Locator): Promise<PreparedSpeech> {
    if ("error" in decoded) throw decoded.error;
    return expert.prepare(cutOut(place, decoded.sound));
  }
  try {
    const paths = located.map((locator) => joinPath(manifest.base, locator.path));
    for await (const decoded of decodeSounds(paths, { sampleRate })) {
      const row = rows[decoded.index] as Row;
      const heard = await settled(prepare(decoded, located[decoded.index] as Locator));
      if ("error" in heard) skipped.push({ id: row.id, code: heard.error.code, reason: heard.error.message });
      else ready.push({ row, prepared: heard.value });
    }
    const bySpeaker: ReadonlyMap<string, BandStatistics> = speakerStatistics(
      ready.flatMap(({ row: { subject }, prepared: { features } }) =>
        statistics === "clip" || subject === undefined ? [] : [{ speaker: subject, features }],
      ),
    );
    const opinions = await expert.opinions(
      ready.map(({ row, prepared }) => {
        const known = bySpeaker.get(row.subject ?? "");
        return known === undefined ? prepared : { ...prepared, statistics: known };
      }),
    );
    return { answers: ready.map(({ row }, index) => ({ row, answer: opinions[index] as Opinion })), skipped };
  } finally {
    await expert.close();
  }
}

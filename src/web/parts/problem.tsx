/** What went wrong, in a person's words, and what can be done. */
import { AffektError } from "../../core/errors.ts";
import { useTranslate } from "../state/app.ts";
import { SaidError } from "../state/said-error.ts";
import type { Key } from "../strings.ts";

/** Errors that the browser and the network raise, as far as a person can do something about them. */
const KNOWN: Readonly<Record<string, readonly [Key, Key]>> = {
  NotAllowedError: ["error.denied", "error.deniedHint"],
  SecurityError: ["error.insecure", "error.insecureHint"],
  InsecureContext: ["error.insecure", "error.insecureHint"],
  NotFoundError: ["error.noDevice", "error.noDeviceHint"],
  OverconstrainedError: ["error.noDevice", "error.noDeviceHint"],
  NotReadableError: ["error.busyDevice", "error.busyDeviceHint"],
  unavailable: ["error.gone", "error.goneHint"],
  "no-face": ["error.noFace", "error.noFaceHint"],
  "no-speech": ["error.noSpeech", "error.noSpeechHint"],
  media: ["error.media", "error.mediaHint"],
  "content-type": ["files.unknown", "error.mediaHint"],
  busy: ["error.busy", "error.busyHint"],
  deadline: ["error.busy", "error.busyHint"],
  unauthorized: ["error.key", "error.keyHint"],
  limit: ["error.limit", "error.limitHint"],
};

/** One sentence about an error, by its code or name; what is not known here keeps the words that it came with. */
export function useProblemText(): (kind: string, message: string) => string {
  const t = useTranslate();
  return (kind, message) => {
    const known = KNOWN[kind];
    return known === undefined ? message : t(known[0]);
  };
}

export function kindOfProblem(error: unknown): string {
  if (error instanceof AffektError) return error.code;
  return error instanceof Error ? error.name : "";
}

export function Problem({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const t = useTranslate();
  const values = error instanceof SaidError ? error.values : {};
  const known = error instanceof SaidError ? ([error.title, error.hint] as const) : KNOWN[kindOfProblem(error)];
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div class="notice alert stack" role="alert">
      <div>
        <strong>{known === undefined ? t("error.title") : t(known[0], values)}</strong>
        <p>{known === undefined ? message : t(known[1], values)}</p>
        {known === undefined && error instanceof AffektError ? <p class="soft">{error.hint}</p> : null}
      </div>
      {again === undefined ? null : (
        <div>
          <button type="button" class="button small" onClick={again}>
            {t("error.again")}
          </button>
        </div>
      )}
    </div>
  );
}

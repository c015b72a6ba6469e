/** What went wrong, in a person's words and language, and what can be done. */
import { AffektError } from "../../core/errors.ts";
import { useTranslate } from "../state/app.ts";
import { PLAIN_CODES, problemKeys } from "../state/problem-keys.ts";
import { SaidError } from "../state/said-error.ts";

/** One sentence about an error, by its code or name; what is not known here keeps the words that it came with. */
export function useProblemText(): (kind: string, message: string) => string {
  const t = useTranslate();
  return (kind, message) => {
    const known = problemKeys(kind);
    return known === undefined ? message : t(known[0]);
  };
}

export function kindOfProblem(error: unknown): string {
  if (error instanceof AffektError) return error.code;
  return error instanceof Error ? error.name : "";
}

/** The words that an error came with: they name what exactly was wrong, in English only. */
function Details({ message, hint }: { readonly message: string; readonly hint: string }) {
  const t = useTranslate();
  return (
    <details class="small soft">
      <summary>{t("error.details")}</summary>
      <p lang="en">{message}</p>
      <p lang="en">{hint}</p>
    </details>
  );
}

export function Problem({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const t = useTranslate();
  const values = error instanceof SaidError ? error.values : {};
  const kind = kindOfProblem(error);
  const known = error instanceof SaidError ? ([error.title, error.hint] as const) : problemKeys(kind);
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div class="notice alert stack" role="alert">
      <div>
        <strong>{known === undefined ? t("error.title") : t(known[0], values)}</strong>
        <p>{known === undefined ? message : t(known[1], values)}</p>
        {error instanceof AffektError && !PLAIN_CODES.has(error.code) ? (
          <Details message={message} hint={error.hint} />
        ) : null}
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

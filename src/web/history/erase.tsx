/** Erases everything about a subject, after asking once more, and shows the proof. */
import { useState } from "preact/hooks";
import { Problem } from "../parts/problem.tsx";
import { useTranslate } from "../state/app.ts";
import { eraseSubject } from "./requests.ts";

type Phase =
  | { readonly name: "offered" | "asked" | "erasing" }
  | { readonly name: "erased"; readonly count: number; readonly left: number }
  | { readonly name: "failed"; readonly error: unknown };

export function Erase({ subject, done }: { readonly subject: string; done(): void }) {
  const t = useTranslate();
  const [phase, setPhase] = useState<Phase>({ name: "offered" });
  if (phase.name === "erased") {
    return (
      <p class="notice" role="status">
        {t("history.erased", { count: phase.count, left: phase.left })}
      </p>
    );
  }
  if (phase.name === "failed") return <Problem error={phase.error} again={() => setPhase({ name: "asked" })} />;
  if (phase.name === "offered") {
    return (
      <div>
        <button type="button" class="button small" onClick={() => setPhase({ name: "asked" })}>
          {t("history.erase", { subject })}
        </button>
      </div>
    );
  }
  return (
    <div class="notice alert row between" role="alertdialog" aria-label={t("history.eraseAsk", { subject })}>
      <p>{t("history.eraseAsk", { subject })}</p>
      <div class="row">
        <button type="button" class="button small" onClick={() => setPhase({ name: "offered" })}>
          {t("history.eraseNo")}
        </button>
        <button
          type="button"
          class="button small danger"
          disabled={phase.name === "erasing"}
          onClick={() => {
            setPhase({ name: "erasing" });
            eraseSubject(subject).then(
              (counts) => {
                setPhase({ name: "erased", ...counts });
                done();
              },
              (error: unknown) => setPhase({ name: "failed", error }),
            );
          }}
        >
          {t("history.eraseYes")}
        </button>
      </div>
    </div>
  );
}

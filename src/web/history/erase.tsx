/** Erases everything about a subject, after asking once more, and shows the proof. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Ask } from "../parts/ask.tsx";
import { Problem } from "../parts/problem.tsx";
import { useTranslate } from "../state/app.ts";
import { eraseSubject } from "./requests.ts";

type Phase =
  /** @property again after it was asked and declined */
  | { readonly name: "offered"; readonly again?: boolean }
  | { readonly name: "asked" | "erasing" }
  | { readonly name: "erased"; readonly count: number; readonly left: number }
  | { readonly name: "failed"; readonly error: unknown };

export function Erase({ subject, done }: { readonly subject: string; done(): void }) {
  const t = useTranslate();
  const [phase, setPhase] = useState<Phase>({ name: "offered" });
  const offer = useRef<HTMLButtonElement>(null);
  const told = useRef<HTMLParagraphElement>(null);
  // The button that was pressed is gone: the keyboard goes on at what stands there instead.
  useEffect(() => {
    if (phase.name === "offered" && phase.again === true) offer.current?.focus();
    if (phase.name === "erased") told.current?.focus();
  }, [phase]);
  if (phase.name === "erased") {
    return (
      <p ref={told} class="notice" role="status" tabIndex={-1}>
        {t("history.erased", { count: phase.count, left: phase.left })}
      </p>
    );
  }
  if (phase.name === "failed") return <Problem error={phase.error} again={() => setPhase({ name: "asked" })} />;
  if (phase.name === "offered") {
    return (
      <div>
        <button ref={offer} type="button" class="button small" onClick={() => setPhase({ name: "asked" })}>
          {t("history.erase", { subject })}
        </button>
      </div>
    );
  }
  return (
    <Ask
      question={t("history.eraseAsk", { subject })}
      yes={t("history.eraseYes")}
      no={t("history.eraseNo")}
      danger
      busy={phase.name === "erasing"}
      decline={() => setPhase({ name: "offered", again: true })}
      accept={() => {
        setPhase({ name: "erasing" });
        eraseSubject(subject).then(
          (counts) => {
            setPhase({ name: "erased", ...counts });
            done();
          },
          (error: unknown) => setPhase({ name: "failed", error }),
        );
      }}
    />
  );
}

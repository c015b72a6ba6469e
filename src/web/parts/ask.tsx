/** Asks once more before something that is hard to undo. The safe answer has the focus, and Escape gives it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

export interface AskProps {
  readonly question: string;
  readonly yes: string;
  readonly no: string;
  /** Something is lost by it. */
  readonly danger?: boolean;
  /** It was answered, and the work is being done. */
  readonly busy: boolean;
  accept(): void;
  decline(): void;
  /** What follows from it. */
  readonly children?: ComponentChildren;
}

export function Ask({ question, yes, no, danger = false, busy, accept, decline, children }: AskProps) {
  const safe = useRef<HTMLButtonElement>(null);
  // What is busy is disabled, and takes no focus.
  useEffect(() => {
    if (!busy) safe.current?.focus();
  }, [busy]);
  return (
    <div
      class={`notice stack tight ${danger ? "alert" : ""}`}
      role="alertdialog"
      aria-label={question}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !busy) decline();
      }}
    >
      <strong>{question}</strong>
      {children}
      <div class="row">
        <button type="button" class={`button small ${danger ? "danger" : "primary"}`} disabled={busy} onClick={accept}>
          {yes}
        </button>
        <button ref={safe} type="button" class="button small" disabled={busy} onClick={decline}>
          {no}
        </button>
      </div>
    </div>
  );
}

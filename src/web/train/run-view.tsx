/** One training: how far it is, its curves, its scores, and what can be done with its model. */
import { useRef, useState } from "preact/hooks";
import { AffektError } from "../../core/errors.ts";
import { serviceKey } from "../engine/service.ts";
import { Ask } from "../parts/ask.tsx";
import { Problem } from "../parts/problem.tsx";
import { type Translate, useLabel, useTranslate } from "../state/app.ts";
import { ColumnScores } from "./column-scores.tsx";
import { Curves } from "./curves.tsx";
import {
  act,
  type Promotion,
  promote,
  removeTraining,
  reportAddress,
  restore,
  saveReport,
  seePromotion,
  type Training,
} from "./requests.ts";

function duration(t: Translate, seconds: number): string {
  if (seconds < 90) return t("train.seconds", { count: Math.ceil(seconds) });
  if (seconds < 5400) return t("train.minutes", { count: Math.round(seconds / 60) });
  return t("train.hours", { count: (seconds / 3600).toFixed(1) });
}

function Progress({ training }: { readonly training: Training }) {
  const t = useTranslate();
  const { history, step, secondsLeft, config } = training;
  const { epochs } = config.training;
  const within = step !== null && step.epoch > history.length ? step.step / step.steps : 0;
  const epoch = Math.min(epochs, history.length + 1);
  return (
    <div class="progress-line">
      <progress max={epochs} value={history.length + within} aria-label={t("train.progress", { epoch, epochs })} />
      <p class="small">
        {t("train.progress", { epoch, epochs })}
        {secondsLeft === null ? "" : ` · ${t("train.left", { time: duration(t, secondsLeft) })}`}
      </p>
    </div>
  );
}

interface ReportProps {
  readonly id: string;
  readonly of: "training" | "evaluation";
  save(): void;
}

function Report({ id, of, save }: ReportProps) {
  const t = useTranslate();
  const text = t(of === "training" ? "train.trainingReport" : "train.report");
  if (serviceKey() !== null) {
    return (
      <button type="button" class="button small" onClick={save}>
        {text}
      </button>
    );
  }
  return (
    <a class="button small" href={reportAddress(id, of)} target="_blank" rel="noopener">
      {text}
    </a>
  );
}

function Scores({ scores }: { readonly scores: Readonly<Record<string, number>> }) {
  const t = useTranslate();
  const shown = [
    ["uar", "train.uar"],
    ["accuracy", "train.accuracy"],
    ["macroF1", "train.macroF1"],
    ["ece", "train.ece"],
  ] as const;
  return (
    <section class="stack tight">
      <h4>{t("train.testScores", { count: scores["n"] ?? 0 })}</h4>
      <dl class="figures">
        {shown.map(([key, name]) => (
          <div key={key}>
            <dt>{t(name)}</dt>
            <dd>{(scores[key] ?? 0).toFixed(3)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What waits for a second word. */
type Asked = { readonly about: "promote"; readonly promotion: Promotion } | { readonly about: "delete" };

interface QuestionProps {
  readonly id: string;
  readonly asked: Asked;
  readonly busy: boolean;
  accept(): void;
  decline(): void;
}

function Question({ id, asked, ...answers }: QuestionProps) {
  const t = useTranslate();
  const name = useLabel();
  if (asked.about === "delete") {
    const question = t("train.deleteAsk", { name: id });
    return <Ask {...answers} danger question={question} yes={t("train.delete")} no={t("train.deleteNo")} />;
  }
  const { model, replaces, labels } = asked.promotion;
  const names = replaces.map((one) => one.id).join(", ");
  return (
    <Ask
      {...answers}
      question={t("train.promoteAsk", { name: model })}
      yes={t("train.promoteYes")}
      no={t("train.promoteNo")}
    >
      <p>{names === "" ? t("train.replacesNone") : t("train.replaces", { names })}</p>
      <p>{t("train.knows", { labels: labels.map(name).join(", ") })}</p>
    </Ask>
  );
}

export function RunView({ training, changed }: { readonly training: Training; changed(): void }) {
  const t = useTranslate();
  const [asked, setAsked] = useState<Asked>();
  const heading = useRef<HTMLHeadingElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const { id, state, error: failure, evaluation, scores, columnScores, serving, rows } = training;
  const evaluating = evaluation.state === "queued" || evaluation.state === "running";
  async function doing(work: () => Promise<unknown>): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
      changed();
    }
  }
  /** The question goes: the keyboard goes on where it stood. */
  function answered(): void {
    setAsked(undefined);
    heading.current?.focus();
  }
  const save = (of: "training" | "evaluation") => () => void doing(() => saveReport(id, of));
  const button = (text: string, work: () => Promise<unknown>, kind = "") => (
    <button type="button" class={`button small ${kind}`} disabled={busy} onClick={() => void doing(work)}>
      {text}
    </button>
  );
  const told = [failure, evaluation.error].filter((one) => one !== null);
  return (
    <article class="card stack run" aria-label={t("train.details", { name: id })}>
      <div class="row between">
        <h3 ref={heading} tabIndex={-1}>
          {id}
        </h3>
        <span class="soft small">
          {serving ? t("train.serves") : t(`train.${state}`)} · {t("train.split", rows)}
        </span>
      </div>
      {state === "running" || state === "queued" ? <Progress training={training} /> : null}
      {told.map(({ code, message, hint }) => (
        <Problem key={message} error={new AffektError(code, message, hint)} />
      ))}
      <Curves trainings={[training]} />
      {scores === null ? null : <Scores scores={scores} />}
      {columnScores === null ? null : <ColumnScores columns={columnScores} />}
      {error === undefined ? null : <Problem error={error} />}
      {asked === undefined ? null : (
        <Question
          id={id}
          asked={asked}
          busy={busy}
          decline={answered}
          accept={() =>
            void doing(async () => {
              await (asked.about === "promote" ? promote(id) : removeTraining(id));
              answered();
            })
          }
        />
      )}
      <div class="row">
        {state === "running" || state === "queued" ? button(t("train.cancel"), () => act(id, "cancel")) : null}
        {state === "cancelled" || state === "failed" ? button(t("train.resume"), () => act(id, "resume")) : null}
        {evaluating ? (
          <span class="soft" role="status">
            {t("train.evaluating")}
          </span>
        ) : null}
        {state === "done" && !evaluating && scores === null && rows.test > 0
          ? button(t("train.evaluate"), () => act(id, "evaluate"), "primary")
          : null}
        {scores === null ? null : <Report id={id} of="evaluation" save={save("evaluation")} />}
        {training.history.length > 0 ? <Report id={id} of="training" save={save("training")} /> : null}
        {state !== "done" || asked !== undefined
          ? null
          : serving
            ? button(t("train.restore"), () => restore(id))
            : button(t("train.promote"), async () => setAsked({ about: "promote", promotion: await seePromotion(id) }))}
        {state === "running" || state === "queued" || evaluating || serving || asked !== undefined
          ? null
          : button(t("train.delete"), async () => setAsked({ about: "delete" }))}
      </div>
    </article>
  );
}

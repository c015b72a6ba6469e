/** History: what the server keeps, by subject, with its retention; and the way to erase it. */
import { useEffect, useState } from "preact/hooks";
import { EMOTIONS } from "../../core/emotion.ts";
import { AffektError } from "../../core/errors.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { listScenarios } from "../engine/scenarios.ts";
import { Erase } from "../history/erase.tsx";
import { KeyForm } from "../history/key-form.tsx";
import { EVERYTHING, type Kept, keepDays, listKept, type Search } from "../history/requests.ts";
import { Icon } from "../parts/icons.tsx";
import { Mark } from "../parts/mark.tsx";
import { Problem } from "../parts/problem.tsx";
import { settings, useLabel, useTranslate } from "../state/app.ts";
import { percent } from "../state/percent.ts";
import { useStore } from "../state/store.ts";

type Listing =
  | { readonly name: "loading" }
  | { readonly name: "listed"; readonly kept: readonly Kept[]; readonly next: string | null }
  | { readonly name: "failed"; readonly error: unknown };

interface RowsProps {
  readonly kept: readonly Kept[];
  readonly scenarios: readonly Scenario[];
}

function Rows({ kept, scenarios }: RowsProps) {
  const t = useTranslate();
  const name = useLabel();
  const { language } = useStore(settings);
  const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
  });
  const titles = new Map(scenarios.map(({ id, title }) => [id, title[language]]));
  const head = [
    ...(["history.time", "files.answer", "files.confidence", "history.subject", "history.session"] as const),
    ...(scenarios.length === 0 ? [] : (["history.scenario"] as const)),
  ];
  return (
    // It scrolls where the screen is narrow: then the keyboard must reach it.
    <section class="table-frame history-rows" aria-label={t("history.title")} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((key) => (
              <th key={key} scope="col">
                {t(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {kept.map(({ id, createdAt, label, abstainCode, scores, confidence, subject, session, scenario }) => (
            <tr key={id}>
              <td>
                <time dateTime={createdAt}>{format.format(new Date(createdAt))}</time>
              </td>
              <td>
                <span
                  class="answer"
                  title={
                    abstainCode === undefined
                      ? undefined
                      : t(`abstain.${abstainCode}`, { label: name(scores[0]?.label ?? "neutral") })
                  }
                >
                  <Mark label={label} />
                  {label === null ? t("result.uncertain") : name(label)}
                </span>
              </td>
              <td class="number">{percent(confidence)}</td>
              <td>{subject ?? "–"}</td>
              <td>{session ?? "–"}</td>
              {scenarios.length === 0 ? null : (
                <td>{scenario === undefined ? "–" : (titles.get(scenario) ?? scenario)}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function HistoryPage() {
  const t = useTranslate();
  const [listing, setListing] = useState<Listing>({ name: "loading" });
  const [days, setDays] = useState<number>();
  const name = useLabel();
  const [typed, setTyped] = useState(EVERYTHING);
  const [search, setSearch] = useState(EVERYTHING);
  const { subject } = search;
  const isEverything = Object.values(search).every((value) => value === "");
  const { language } = useStore(settings);
  const [scenarios, setScenarios] = useState<readonly Scenario[]>([]);
  const [turn, setTurn] = useState(0);
  const again = (): void => setTurn((own) => own + 1);

  const type = (field: keyof Search) => (event: { readonly currentTarget: { readonly value: string } }) =>
    setTyped({ ...typed, [field]: event.currentTarget.value });

  useEffect(() => {
    void listScenarios().then(setScenarios);
  }, [turn]);
  useEffect(() => {
    keepDays().then(setDays, () => setDays(undefined));
  }, [turn]);
  useEffect(() => {
    const abort = new AbortController();
    listKept(search, null, abort.signal).then(
      ({ predictions, next }) => setListing({ name: "listed", kept: predictions, next }),
      (error: unknown) => abort.signal.aborted || setListing({ name: "failed", error }),
    );
    return () => abort.abort();
  }, [search, turn]);

  function more(kept: readonly Kept[], cursor: string): void {
    // What another search has found meanwhile stands.
    const instead = (found: Listing) => setListing((now) => (now === listing ? found : now));
    listKept(search, cursor, new AbortController().signal).then(
      ({ predictions, next }) => instead({ name: "listed", kept: [...kept, ...predictions], next }),
      (error: unknown) => instead({ name: "failed", error }),
    );
  }

  const wantsKey =
    listing.name === "failed" && listing.error instanceof AffektError && listing.error.code === "unauthorized";
  return (
    <>
      <div class="page-head">
        <h1>{t("history.title")}</h1>
        <p class="soft">
          {t("history.lead")}{" "}
          {days === undefined ? null : days === 0 ? t("history.keepNone") : t("history.keep", { days })}
        </p>
      </div>
      <div class="stack">
        <form
          class="filters"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            setSearch({ ...typed, subject: typed.subject.trim(), session: typed.session.trim() });
          }}
        >
          {(["subject", "session"] as const).map((name) => (
            <label key={name}>
              {t(`history.${name}`)}
              <input class="field" maxLength={128} value={typed[name]} onInput={type(name)} />
            </label>
          ))}
          <label>
            {t("history.label")}
            <select class="field" value={typed.label} onChange={type("label")}>
              <option value="">{t("files.all")}</option>
              {EMOTIONS.map((label) => (
                <option key={label} value={label}>
                  {name(label)}
                </option>
              ))}
            </select>
          </label>
          {scenarios.length === 0 ? null : (
            <label>
              {t("history.scenario")}
              <select class="field" value={typed.scenario} onChange={type("scenario")}>
                <option value="">{t("files.all")}</option>
                {scenarios.map(({ id, title }) => (
                  <option key={id} value={id}>
                    {title[language]}
                  </option>
                ))}
              </select>
            </label>
          )}
          {(["from", "to"] as const).map((name) => (
            <label key={name}>
              {t(`history.${name}`)}
              <input class="field" type="date" value={typed[name]} onInput={type(name)} />
            </label>
          ))}
          <button type="submit" class="button">
            {t("history.search")}
          </button>
        </form>
        {subject === "" ? null : <Erase key={subject} subject={subject} done={again} />}
        {wantsKey ? (
          <KeyForm done={again} />
        ) : listing.name === "failed" ? (
          <Problem error={listing.error} again={again} />
        ) : listing.name === "loading" ? (
          <p class="soft">{t("app.loading")}</p>
        ) : listing.kept.length === 0 ? (
          <div class="card empty">
            <Icon name="history" />
            <p>{t(isEverything ? "history.empty" : "history.none")}</p>
            {isEverything ? <p class="small">{t("history.emptyHint")}</p> : null}
          </div>
        ) : (
          <>
            <Rows kept={listing.kept} scenarios={scenarios} />
            {listing.next === null ? null : (
              <div>
                <button
                  type="button"
                  class="button small"
                  onClick={() => listing.next !== null && more(listing.kept, listing.next)}
                >
                  {t("history.more")}
                </button>
              </div>
            )}
          </>
        )}
      </div>
    </>
  );
}

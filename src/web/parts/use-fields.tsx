/** What recognition by the server is for, and what the server then wants to know. */
import { useEffect, useState } from "preact/hooks";
import type { Scenario } from "../../scenario/scenario.ts";
import { listScenarios } from "../engine/scenarios.ts";
import { settings, useTranslate } from "../state/app.ts";
import { useStore } from "../state/store.ts";
import type { TypedUse } from "../state/use.ts";

/** Of the server, once they are there; none on the device, where nothing is for anything in particular. */
export function useScenarios(): readonly Scenario[] {
  const { place } = useStore(settings);
  const [scenarios, setScenarios] = useState<readonly Scenario[]>([]);
  useEffect(() => {
    setScenarios([]);
    let gone = false;
    if (place === "server") void listScenarios().then((found) => gone || setScenarios(found));
    return () => {
      gone = true;
    };
  }, [place]);
  return scenarios;
}

interface UseFieldsProps {
  readonly scenarios: readonly Scenario[];
  readonly typed: TypedUse;
  /** Whether results are kept under a pseudonym without a use, too. */
  readonly alwaysSubject?: boolean;
  change(typed: TypedUse): void;
}

export function UseFields({ scenarios, typed, alwaysSubject = false, change }: UseFieldsProps) {
  const t = useTranslate();
  const { language } = useStore(settings);
  const chosen = scenarios.find(({ id }) => id === typed.scenario);
  const field = (name: "subject" | "jurisdiction", says: string) => (
    <label key={name}>
      {says}
      <input
        class="field"
        autocomplete="off"
        maxLength={128}
        required={name === "subject" && chosen?.consent.required === true}
        value={typed[name]}
        onInput={(event) => change({ ...typed, [name]: event.currentTarget.value })}
      />
    </label>
  );
  return (
    <div class="use stack">
      {scenarios.length === 0 ? null : (
        <label>
          {t("live.scenario")}
          <select
            class="field"
            value={typed.scenario}
            onChange={(event) => change({ ...typed, scenario: event.currentTarget.value })}
          >
            <option value="">{t("live.scenarioNone")}</option>
            {scenarios.map(({ id, title }) => (
              <option key={id} value={id}>
                {title[language]}
              </option>
            ))}
          </select>
        </label>
      )}
      {chosen === undefined ? null : (
        <>
          <p class="small">{chosen.notice[language]}</p>
          <details class="small soft">
            <summary>{chosen.purpose[language]}</summary>
            <p>{chosen.policy[language]}</p>
          </details>
        </>
      )}
      {chosen === undefined && !alwaysSubject
        ? null
        : field("subject", t(chosen === undefined ? "files.subject" : "live.subject"))}
      {chosen === undefined ? null : field("jurisdiction", t("live.jurisdiction"))}
    </div>
  );
}

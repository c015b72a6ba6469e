/** What a stream through the server is for, and what the server then wants to know. */
import type { Scenario } from "../../scenario/scenario.ts";
import { settings, useTranslate } from "../state/app.ts";
import { useStore } from "../state/store.ts";

/** What was typed; an empty text is none. */
export interface TypedUse {
  readonly scenario: string;
  readonly subject: string;
  readonly jurisdiction: string;
}

export const NO_USE: TypedUse = { scenario: "", subject: "", jurisdiction: "" };

interface UseFieldsProps {
  readonly scenarios: readonly Scenario[];
  readonly typed: TypedUse;
  change(typed: TypedUse): void;
}

export function UseFields({ scenarios, typed, change }: UseFieldsProps) {
  const t = useTranslate();
  const { language } = useStore(settings);
  const chosen = scenarios.find(({ id }) => id === typed.scenario);
  return (
    <div class="use stack">
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
      {chosen === undefined ? null : (
        <>
          <p class="small">{chosen.notice[language]}</p>
          <details class="small soft">
            <summary>{chosen.purpose[language]}</summary>
            <p>{chosen.policy[language]}</p>
          </details>
          {(["subject", "jurisdiction"] as const).map((name) => (
            <label key={name}>
              {t(`live.${name}`)}
              <input
                class="field"
                autocomplete="off"
                maxLength={128}
                required={name === "subject" && chosen.consent.required}
                value={typed[name]}
                onInput={(event) => change({ ...typed, [name]: event.currentTarget.value })}
              />
            </label>
          ))}
        </>
      )}
    </div>
  );
}

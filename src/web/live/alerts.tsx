/** What a scenario's rules found, told calmly: somebody looks, and decides. */
import { Icon } from "../parts/icons.tsx";
import { settings, useTranslate } from "../state/app.ts";
import { afterSeen } from "../state/live.ts";
import { useStore } from "../state/store.ts";
import type { RunningSession } from "./session.ts";

/** More at once nobody looks at; the others wait for their turn. */
const SHOWN = 3;

export function Alerts({ session }: { readonly session: RunningSession }) {
  const t = useTranslate();
  const { language } = useStore(settings);
  const { alerts } = useStore(session.state);
  return (
    // There from the beginning, or what comes into it would not be read out.
    <div role="status" aria-label={t("live.alerts")}>
      {alerts.length === 0 ? null : (
        <div class="notice alerts stack">
          {alerts.slice(0, SHOWN).map(({ seq, title, advice }) => (
            <div key={seq} class="alert-row">
              <p>
                <strong>{title[language]}</strong> <span>{advice[language]}</span>
              </p>
              <button
                type="button"
                class="button small"
                onClick={() => session.state.update((own) => afterSeen(own, seq))}
              >
                <Icon name="eye" />
                {t("live.alertSeen")}
              </button>
            </div>
          ))}
          {alerts.length > SHOWN ? <p>{t("live.alertsMore", { count: alerts.length - SHOWN })}</p> : null}
          <p class="small soft">{t("live.alertsNote")}</p>
        </div>
      )}
    </div>
  );
}

/** Where a server wants a key: it is asked for, and forgotten with the tab. */
import { useState } from "preact/hooks";
import { keepServiceKey } from "../engine/service.ts";
import { useTranslate } from "../state/app.ts";

export function KeyForm({ done }: { done(): void }) {
  const t = useTranslate();
  const [key, setKey] = useState("");
  return (
    <form
      class="card stack key-form"
      onSubmit={(event) => {
        event.preventDefault();
        keepServiceKey(key.trim());
        done();
      }}
    >
      <label for="key" class="card-title">
        {t("history.key")}
      </label>
      <input
        id="key"
        class="field"
        type="password"
        autocomplete="off"
        value={key}
        onInput={(event) => setKey(event.currentTarget.value)}
      />
      <p class="soft small">{t("history.keyHint")}</p>
      <div>
        <button type="submit" class="button primary small" disabled={key.trim() === ""}>
          {t("history.keyUse")}
        </button>
      </div>
    </form>
  );
}

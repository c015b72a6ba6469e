/** Files: drop one or many, watch them being worked off, look at each result, take all of them along. */
import { useRef, useState } from "preact/hooks";
import { Detail } from "../files/detail.tsx";
import { createFileQueue } from "../files/queue.ts";
import { FilesTable } from "../files/table.tsx";
import { Icon } from "../parts/icons.tsx";
import { Mark } from "../parts/mark.tsx";
import { settings, useLabel, useTranslate } from "../state/app.ts";
import { toCsv, toJson } from "../state/export.ts";
import { answerOf, answers, type Item, inOrder, isOver, type Order, showsPeople } from "../state/files.ts";
import { useStore } from "../state/store.ts";

/** Lives as long as the page is open, so that a look at another page loses nothing. */
const queue = createFileQueue();

function save(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function Drop() {
  const t = useTranslate();
  const { place } = useStore(settings);
  const agreed = useStore(queue.agreed);
  const subject = useStore(queue.subject);
  const waitsForConsent = useStore(queue.items).some((item) => showsPeople(item) && item.progress.state === "waiting");
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <section
      class={`card drop ${over ? "over" : ""}`}
      aria-label={t("files.drop")}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void queue.add(event.dataTransfer?.files ?? []);
      }}
    >
      <Icon name="drop" />
      <div class="stack">
        <div class="row">
          <h2>{t("files.drop")}</h2>
          <button type="button" class="button primary small" onClick={() => input.current?.click()}>
            {t("files.choose")}
          </button>
        </div>
        <p class="soft small">{t("files.kinds")}</p>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          onChange={({ currentTarget }) => {
            void queue.add([...(currentTarget.files ?? [])]);
            currentTarget.value = "";
          }}
        />
        <label class={`check ${waitsForConsent && !agreed ? "wanted" : ""}`}>
          <input type="checkbox" checked={agreed} onChange={(event) => queue.agreed.set(event.currentTarget.checked)} />
          {t("files.consent")}
        </label>
        <p class="soft small">{t(`settings.${place}Hint`)}</p>
        {place === "server" ? (
          <label class="subject">
            <span>{t("files.subject")}</span>
            <input
              class="field"
              maxLength={128}
              value={subject}
              onInput={(event) => queue.subject.set(event.currentTarget.value)}
            />
          </label>
        ) : null}
      </div>
    </section>
  );
}

function Summary({ items, shown, show }: { items: readonly Item[]; shown: string; show(label: string): void }) {
  const t = useTranslate();
  const name = useLabel();
  const counts = answers(items);
  if (counts.length === 0) return null;
  const choices: readonly (readonly [string, string | null | undefined, number])[] = [
    ["all", undefined, items.length],
    ...counts.map(([label, count]) => [label ?? "none", label, count] as const),
  ];
  return (
    <fieldset class="row filter">
      <legend class="hidden-label">{t("files.filter")}</legend>
      {choices.map(([value, label, count]) => (
        <label key={value} class="chip">
          <input type="radio" name="shown" checked={shown === value} onChange={() => show(value)} />
          <span>
            {label === undefined ? null : <Mark label={label} />}
            {label === undefined ? t("files.all") : label === null ? t("result.uncertain") : name(label)} <b>{count}</b>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function FilesPage() {
  const t = useTranslate();
  const items = useStore(queue.items);
  const [order, setOrder] = useState<Order>({ column: "name", down: false });
  const [shown, setShown] = useState("all");
  const [chosen, setChosen] = useState<number>();
  const done = items.filter(isOver).length;
  const visible = items.filter(
    (item) => shown === "all" || (answerOf(item) === null ? "none" : answerOf(item)) === shown,
  );
  const detail = items.find(({ id }) => id === chosen) ?? (items.length === 1 ? items[0] : undefined);
  return (
    <>
      <div class="page-head">
        <h1>{t("files.title")}</h1>
        <p class="soft">{t("files.lead")}</p>
      </div>
      <div class="stack">
        <Drop />
        {items.length === 0 ? null : (
          <>
            <div class="row between">
              <p role="status" class="row">
                {done < items.length ? (
                  <progress value={done} max={items.length} aria-label={t("files.title")} />
                ) : null}
                {t("files.working", { done, all: items.length })}
              </p>
              <div class="row">
                {done < items.length ? (
                  <button type="button" class="button small" onClick={queue.cancel}>
                    {t("files.cancel")}
                  </button>
                ) : null}
                <button
                  type="button"
                  class="button small"
                  onClick={() => save("affekt.json", "application/json", toJson(items))}
                >
                  {t("files.exportJson")}
                </button>
                <button type="button" class="button small" onClick={() => save("affekt.csv", "text/csv", toCsv(items))}>
                  {t("files.exportCsv")}
                </button>
                <button type="button" class="button small" onClick={queue.clear}>
                  {t("files.clear")}
                </button>
              </div>
            </div>
            <Summary items={items} shown={shown} show={setShown} />
            <div class={detail === undefined ? "" : "two"}>
              <FilesTable
                items={inOrder(visible, order)}
                order={order}
                chosen={detail?.id}
                sort={setOrder}
                choose={setChosen}
              />
              {detail === undefined ? null : (
                <Detail key={detail.id} item={detail} explain={(item, label) => void queue.explain(item, label)} />
              )}
            </div>
          </>
        )}
      </div>
    </>
  );
}

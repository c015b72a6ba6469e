/** Files: drop one or many, watch them being worked off, look at each result, take all of them along. */
import { useRef, useState } from "preact/hooks";
import { Detail } from "../files/detail.tsx";
import { Filters } from "../files/filters.tsx";
import { createFileQueue } from "../files/queue.ts";
import { Summary } from "../files/summary.tsx";
import { FilesTable } from "../files/table.tsx";
import { Icon } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { saveFile } from "../parts/save-file.ts";
import { UseFields, useScenarios } from "../parts/use-fields.tsx";
import { engineAt, settings, useLabel, useTranslate } from "../state/app.ts";
import { bringsFiles } from "../state/drag.ts";
import { toCsv, toJson } from "../state/export.ts";
import { inOrder, isOver, type Order, showsPeople } from "../state/files.ts";
import { useStore } from "../state/store.ts";
import { type Filter, fits, NO_FILTER } from "../state/summary.ts";

/** Lives as long as the page is open, so that a look at another page loses nothing. */
const queue = createFileQueue({ settings, engineAt });

function saveText(name: string, type: string, content: string): void {
  saveFile(name, new Blob([content], { type }));
}

function Drop() {
  const t = useTranslate();
  const { place } = useStore(settings);
  const agreed = useStore(queue.agreed);
  const use = useStore(queue.use);
  const scenarios = useScenarios();
  const waitsForConsent = useStore(queue.items).some((item) => showsPeople(item) && item.progress.state === "waiting");
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <section
      class={`card drop ${over ? "over" : ""}`}
      aria-label={t("files.drop")}
      onDragOver={(event) => {
        if (!bringsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        if (!bringsFiles(event)) return;
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
          <UseFields scenarios={scenarios} typed={use} alwaysSubject change={queue.use.set} />
        ) : null}
      </div>
    </section>
  );
}

/** Two frames: what is to be seen has been drawn then. */
function drawn(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}

export function FilesPage() {
  const t = useTranslate();
  const name = useLabel();
  const items = useStore(queue.items);
  const [order, setOrder] = useState<Order>({ column: "name", down: false });
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [chosen, setChosen] = useState<number>();
  const [unsaved, setUnsaved] = useState<unknown>();
  const [printing, setPrinting] = useState(false);
  const done = items.filter(isOver).length;
  const visible = items.filter((item) => fits(item, filter));
  const detail = items.find(({ id }) => id === chosen) ?? (items.length === 1 ? items[0] : undefined);

  async function savePicture(): Promise<void> {
    const { resultPicture } = await import("../files/result-picture.ts");
    const one = detail?.progress.state === "done" ? detail : undefined;
    const label = (own: string | null): string => (own === null ? t("result.uncertain") : name(own));
    const answer = one?.progress.state === "done" ? one.progress.prediction.label : undefined;
    const picture = await resultPicture(one === undefined ? visible : [one], {
      title: one?.name ?? t("files.summary"),
      says:
        answer === undefined
          ? t("files.working", { done, all: items.length })
          : answer === null
            ? label(null)
            : t("files.appears", { label: label(answer) }),
      limits: t("app.limits"),
      label,
    });
    saveFile("affekt.png", picture);
  }

  /** On paper everything is light, and all rows are there. */
  async function print(): Promise<void> {
    const { theme } = document.documentElement.dataset;
    document.documentElement.dataset["theme"] = "light";
    setPrinting(true);
    await drawn();
    window.print();
    setPrinting(false);
    document.documentElement.dataset["theme"] = theme;
  }

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
              <div class="row tools-row">
                {done < items.length ? (
                  <button type="button" class="button small" onClick={queue.cancel}>
                    {t("files.cancel")}
                  </button>
                ) : null}
                <button
                  type="button"
                  class="button small"
                  onClick={() => saveText("affekt.json", "application/json", toJson(items))}
                >
                  {t("files.exportJson")}
                </button>
                <button
                  type="button"
                  class="button small"
                  onClick={() => saveText("affekt.csv", "text/csv", toCsv(items))}
                >
                  {t("files.exportCsv")}
                </button>
                <button
                  type="button"
                  class="button small"
                  onClick={() => {
                    setUnsaved(undefined);
                    savePicture().catch(setUnsaved);
                  }}
                >
                  {t("files.exportPng")}
                </button>
                <button type="button" class="button small" onClick={() => void print()}>
                  {t("files.exportPdf")}
                </button>
                <button type="button" class="button small" onClick={queue.clear}>
                  {t("files.clear")}
                </button>
              </div>
            </div>
            {unsaved === undefined ? null : <Problem error={unsaved} />}
            <Summary items={visible} />
            <Filters items={items} filter={filter} change={setFilter} />
            <div class={detail === undefined ? "" : "two"}>
              <FilesTable
                items={inOrder(visible, order)}
                order={order}
                chosen={detail?.id}
                whole={printing}
                sort={setOrder}
                choose={(id) => {
                  setChosen(id);
                  // On a phone the result stands above the table.
                  void drawn().then(() => document.querySelector(".detail")?.scrollIntoView({ block: "nearest" }));
                }}
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

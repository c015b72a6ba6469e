/** The first step: which examples, and what is in them. */
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../parts/icons.tsx";
import { Mark } from "../parts/mark.tsx";
import { Problem } from "../parts/problem.tsx";
import { useLabel, useTranslate } from "../state/app.ts";
import { bringsFiles } from "../state/drag.ts";
import { addFolder, addManifest, type Check, checkManifest, listManifests } from "./requests.ts";

/** From this many times on a person should know that labels are unevenly filled. */
const UNEVEN = 3;
const PROBLEMS_SHOWN = 5;

/** A file's name as the server takes it. */
function manifestName(name: string): string {
  const [, stem = "rows", ending = "jsonl"] = /^(.*?)(?:\.(\w+))?$/u.exec(name) ?? [];
  const plain = stem.replace(/[^A-Za-z0-9_-]+/gu, "-").replace(/^[^A-Za-z0-9]+/u, "");
  return `${(plain === "" ? "rows" : plain).slice(0, 60)}.${ending === "csv" || ending === "tsv" ? ending : "jsonl"}`;
}

function Balance({ check }: { readonly check: Check }) {
  const t = useTranslate();
  const name = useLabel();
  const counts = Object.entries(check.labels)
    .map(([label, splits]) => ({ label, count: Object.values(splits).reduce((sum, one) => sum + one, 0) }))
    .sort((a, b) => b.count - a.count);
  const [most, least] = [counts[0], counts.at(-1)];
  if (most === undefined || least === undefined) return null;
  const times = most.count / least.count;
  return (
    <section class="stack">
      <h3>{t("train.balance")}</h3>
      <ul class="bars">
        {counts.map(({ label, count }) => (
          <li key={label} class={`of-${label}`}>
            <Mark label={label} />
            <span class="name">{name(label)}</span>
            <span class="track" aria-hidden="true">
              <span class="fill" style={{ width: `${(100 * count) / most.count}%` }} />
            </span>
            <span class="share">{count}</span>
          </li>
        ))}
      </ul>
      {times < UNEVEN ? null : (
        <p class="soft small">
          {t("train.uneven", { most: name(most.label), least: name(least.label), times: times.toFixed(1) })}
        </p>
      )}
    </section>
  );
}

function Checked({ check }: { readonly check: Check }) {
  const t = useTranslate();
  const name = useLabel();
  const problems = Object.values(check.counts).reduce((sum, count) => sum + count, 0);
  const more = problems - Math.min(PROBLEMS_SHOWN, check.problems.length);
  return (
    <div class="checked">
      <div class="stack">
        <p>
          <strong>{t("train.usable", { count: check.rows })}</strong>
          {check.subjects > 0 ? ` · ${t("train.subjects", { count: check.subjects })}` : ""}
        </p>
        <Balance check={check} />
      </div>
      <section class="stack">
        <h3>{t("train.examples")}</h3>
        <ul class="samples">
          {check.examples.slice(0, 6).map(({ id, label, text, media }) => (
            <li key={id}>
              <span class="answer small">
                <Mark label={label} />
                {name(label)}
              </span>
              <span>{text ?? media}</span>
            </li>
          ))}
        </ul>
        {problems === 0 ? (
          <p class="soft small">{t("train.noProblems")}</p>
        ) : (
          <div class="notice alert small">
            <strong>{t("train.problems", { count: problems })}</strong>
            <ul>
              {check.problems.slice(0, PROBLEMS_SHOWN).map(({ code, line, reason }) => (
                <li key={line}>
                  {t("train.problemLine", { line, what: t(`row.${code}`) })} <span lang="en">({reason})</span>
                </li>
              ))}
              {more > 0 ? <li>{t("train.moreProblems", { count: more })}</li> : null}
            </ul>
          </div>
        )}
      </section>
    </div>
  );
}

export function ManifestStep({ check, chosen }: { readonly check: Check | undefined; chosen(check: Check): void }) {
  const t = useTranslate();
  const [known, setKnown] = useState<readonly string[]>([]);
  const [folder, setFolder] = useState("");
  const [over, setOver] = useState(false);
  const [checking, setChecking] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    listManifests().then(setKnown, setError);
  }, [check]);

  async function take(name: string, add?: () => Promise<unknown>): Promise<void> {
    setError(undefined);
    setChecking(true);
    try {
      await add?.();
      chosen(await checkManifest(name));
    } catch (cause) {
      setError(cause);
    } finally {
      setChecking(false);
    }
  }
  async function takeFile(file: File | undefined): Promise<void> {
    if (file === undefined) return;
    const name = manifestName(file.name);
    await take(name, async () => addManifest(name, await file.text()));
  }
  return (
    <section class="stack" aria-labelledby="train-rows">
      <h2 id="train-rows">{t("train.rows")}</h2>
      <section
        class={`card drop ${over ? "over" : ""}`}
        aria-label={t("train.drop")}
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
          void takeFile(event.dataTransfer?.files[0]);
        }}
      >
        <Icon name="drop" />
        <div class="stack">
          <div>
            <strong>{t("train.drop")}</strong>
            <p class="soft small">{t("train.dropHint")}</p>
          </div>
          <div class="row">
            <label class="button primary small">
              {t("train.chooseFile")}
              <input
                class="hidden-label"
                type="file"
                accept=".jsonl,.csv,.tsv"
                onChange={(event) => {
                  void takeFile(event.currentTarget.files?.[0]);
                  event.currentTarget.value = "";
                }}
              />
            </label>
          </div>
          {known.length === 0 ? null : (
            <label class="subject">
              {t("train.known")}
              <select
                class="field"
                value={check?.name ?? ""}
                onChange={(event) => event.currentTarget.value !== "" && void take(event.currentTarget.value)}
              >
                <option value="">–</option>
                {known.map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </label>
          )}
          <form
            class="subject"
            onSubmit={(event) => {
              event.preventDefault();
              const name = manifestName(folder.trim().split("/").at(-1) ?? "");
              void take(name, () => addFolder(name, folder.trim()));
            }}
          >
            <label for="train-folder">{t("train.folder")}</label>
            <div class="say">
              <input
                id="train-folder"
                class="field"
                value={folder}
                placeholder="pictures/faces"
                onInput={(event) => setFolder(event.currentTarget.value)}
              />
              <button type="submit" class="button small" disabled={folder.trim() === ""}>
                {t("train.folderAdd")}
              </button>
            </div>
          </form>
        </div>
      </section>
      {checking ? <p role="status">{t("train.checking")}</p> : null}
      {error === undefined ? null : <Problem error={error} />}
      {check === undefined || checking ? null : <Checked check={check} />}
    </section>
  );
}

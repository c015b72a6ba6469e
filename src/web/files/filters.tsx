/** What of the table is shown: by answer, by kind, by words. */
import { Mark } from "../parts/mark.tsx";
import { useLabel, useTranslate } from "../state/app.ts";
import { answers, type Item, KINDS } from "../state/files.ts";
import type { Filter } from "../state/summary.ts";
import { KIND_NAMES } from "./table.tsx";

export interface FiltersProps {
  readonly items: readonly Item[];
  readonly filter: Filter;
  change(filter: Filter): void;
}

export function Filters({ items, filter, change }: FiltersProps) {
  const t = useTranslate();
  const name = useLabel();
  const counts = answers(items);
  const failed = items.filter(({ progress }) => progress.state === "failed").length;
  const kinds = KINDS.filter((kind) => items.some((item) => item.kind === kind));
  if (items.length < 2) return null;
  const choices: readonly (readonly [string, string | null | undefined, number])[] = [
    ["all", undefined, items.length],
    ...counts.map(([label, count]) => [label ?? "none", label, count] as const),
    ...(failed > 0 ? [["failed", undefined, failed] as const] : []),
  ];
  const said = (value: string, label: string | null | undefined): string => {
    if (label === undefined) return t(value === "all" ? "files.all" : "files.failed");
    return label === null ? t("result.uncertain") : name(label);
  };
  return (
    <div class="row file-filters">
      <fieldset class="row filter">
        <legend class="hidden-label">{t("files.filter")}</legend>
        {choices.map(([value, label, count]) => (
          <label key={value} class="chip">
            <input
              type="radio"
              name="shown"
              checked={filter.answer === value}
              onChange={() => change({ ...filter, answer: value })}
            />
            <span>
              {label === undefined ? null : <Mark label={label} />}
              {said(value, label)} <b>{count}</b>
            </span>
          </label>
        ))}
      </fieldset>
      {kinds.length < 2 ? null : (
        <label class="row small">
          <span class="hidden-label">{t("files.kind")}</span>
          <select
            class="field small"
            value={filter.kind}
            onChange={({ currentTarget }) => change({ ...filter, kind: currentTarget.value })}
          >
            <option value="all">{t("files.anyKind")}</option>
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {t(KIND_NAMES[kind])}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="search-words">
        <span class="hidden-label">{t("files.search")}</span>
        <input
          type="search"
          class="field small"
          placeholder={t("files.search")}
          value={filter.words}
          onInput={({ currentTarget }) => change({ ...filter, words: currentTarget.value })}
        />
      </label>
    </div>
  );
}

/** Many answers at a glance: how often each, over time, and by speaker. */
import { Mark } from "../parts/mark.tsx";
import { settings, useLabel, useTranslate } from "../state/app.ts";
import { answers, type Item } from "../state/files.ts";
import { percent } from "../state/percent.ts";
import { useStore } from "../state/store.ts";
import { type Bin, bySpeaker, type Counts, isDay, labelsOf, type OverTime, overTime } from "../state/summary.ts";

/** Speakers shown; the export has all. */
const MOST_SPEAKERS = 12;

function useAnswer(): (label: string | null) => string {
  const t = useTranslate();
  const name = useLabel();
  return (label) => (label === null ? t("result.uncertain") : name(label));
}

function Distribution({ items }: { readonly items: readonly Item[] }) {
  const t = useTranslate();
  const name = useAnswer();
  const counts = answers(items);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <section class="stack" aria-label={t("files.distribution")}>
      <h3>{t("files.distribution")}</h3>
      <ul class="bars">
        {counts.map(([label, count]) => (
          <li key={label ?? "none"} class={`of-${label ?? "none"}`}>
            <Mark label={label} />
            <span class="name">{name(label)}</span>
            <span class="track" aria-hidden="true">
              <span class="fill" style={{ width: `${(100 * count) / all}%` }} />
            </span>
            <span class="share">
              {count} · {percent(count / all)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Shares of the answers, one over the other in their usual order; each with its shape where that fits. */
function Stack({ counts, total }: { readonly counts: Counts; readonly total: number }) {
  return (
    <>
      {labelsOf(counts).map((label) => (
        <i
          key={label ?? "none"}
          class={`part of-${label ?? "none"}`}
          style={{ "--share": `${(100 * (counts.get(label) ?? 0)) / total}%` }}
        >
          <Mark label={label} />
        </i>
      ))}
    </>
  );
}

function useMoment({ scale, bins }: OverTime): (at: number) => string {
  const { language } = useStore(settings);
  if (scale !== "date") return (at) => String(Math.round(at * 100) / 100);
  const [from, to] = [bins[0]?.from ?? 0, bins.at(-1)?.to ?? 0];
  const days = isDay(from) && isDay(to) ? ({ timeZone: "UTC" } as const) : {};
  const format = new Intl.DateTimeFormat(
    language,
    to - from > 172_800_000 ? { dateStyle: "medium", ...days } : { timeStyle: "short" },
  );
  return (at) => format.format(at);
}

function Course({ course }: { readonly course: OverTime }) {
  const t = useTranslate();
  const name = useAnswer();
  const moment = useMoment(course);
  const { bins, scale } = course;
  const most = Math.max(...bins.map(({ total }) => total));
  const says = ({ from, to, counts }: Bin): string => {
    const when = from === to ? moment(from) : `${moment(from)} – ${moment(to)}`;
    return `${when}: ${labelsOf(counts)
      .map((label) => `${name(label)} ${counts.get(label)}`)
      .join(", ")}`;
  };
  return (
    <section class="stack" aria-label={t("files.course")}>
      <h3>{t("files.course")}</h3>
      <ol class="course">
        {bins.map((bin, index) => (
          <li key={index} title={says(bin)}>
            <span class="column" style={{ height: `${(100 * bin.total) / most}%` }} aria-hidden="true">
              <Stack {...bin} />
            </span>
            <span class="hidden-label">{says(bin)}</span>
          </li>
        ))}
      </ol>
      <p class="row between small soft" aria-hidden="true">
        <span>{moment(bins[0]?.from ?? 0)}</span>
        <span>{t(scale === "order" ? "files.inOrder" : "files.inTime")}</span>
        <span>{moment(bins.at(-1)?.to ?? 0)}</span>
      </p>
    </section>
  );
}

function Speakers({ items }: { readonly items: readonly Item[] }) {
  const t = useTranslate();
  const name = useAnswer();
  const speakers = bySpeaker(items);
  if (speakers.length === 0) return null;
  return (
    <section class="stack" aria-label={t("files.bySpeaker")}>
      <h3>{t("files.bySpeaker")}</h3>
      <table class="speakers">
        <thead>
          <tr>
            <th scope="col">{t("files.speaker")}</th>
            <th scope="col">{t("files.count")}</th>
            <th scope="col">{t("files.mostly")}</th>
            <th scope="col" class="hidden-label">
              {t("files.distribution")}
            </th>
          </tr>
        </thead>
        <tbody>
          {speakers.slice(0, MOST_SPEAKERS).map(({ speaker, total, counts, top }) => (
            <tr key={speaker}>
              <th scope="row">{speaker}</th>
              <td>{total}</td>
              <td>
                <span class="answer">
                  <Mark label={top} />
                  {name(top)} {percent((counts.get(top) ?? 0) / total)}
                </span>
              </td>
              <td>
                <span class="strip" aria-hidden="true">
                  <Stack counts={counts} total={total} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {speakers.length > MOST_SPEAKERS ? (
        <p class="small soft">{t("files.moreSpeakers", { count: speakers.length - MOST_SPEAKERS })}</p>
      ) : null}
    </section>
  );
}

/** Nothing before there are two answers. */
export function Summary({ items }: { readonly items: readonly Item[] }) {
  const t = useTranslate();
  const done = items.filter(({ progress }) => progress.state === "done");
  if (done.length < 2) return null;
  const course = overTime(done);
  return (
    <section class="card summary" aria-label={t("files.summary")}>
      <Distribution items={done} />
      {course === undefined ? null : <Course course={course} />}
      <Speakers items={done} />
    </section>
  );
}

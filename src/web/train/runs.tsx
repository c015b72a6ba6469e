/** All trainings as a table, and two or more of them over each other. */
import { useTranslate } from "../state/app.ts";
import { Curves } from "./curves.tsx";
import type { Training } from "./requests.ts";

/** Of the epoch that was the best one. */
export function bestUar({ history }: Training): number | undefined {
  return history.findLast(({ best }) => best)?.metrics["uar"];
}

function number(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(3);
}

export interface RunsProps {
  readonly trainings: readonly Training[];
  readonly chosen: string | undefined;
  readonly compared: readonly string[];
  choose(id: string): void;
  compare(ids: readonly string[]): void;
}

export function RunsTable({ trainings, chosen, compared, choose, compare }: RunsProps) {
  const t = useTranslate();
  const head = ["train.name", "train.state", "train.validated", "train.tested", "train.compare"] as const;
  return (
    <div class="table-frame">
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
          {trainings.map((training) => {
            const { id, state, scores, serving } = training;
            return (
              <tr key={id} class={id === chosen ? "chosen" : ""}>
                <td>
                  <button
                    type="button"
                    class="link"
                    aria-label={t("train.details", { name: id })}
                    aria-pressed={id === chosen}
                    onClick={() => choose(id)}
                  >
                    {id}
                  </button>
                </td>
                <td class={state === "failed" ? "state failed" : "state"}>
                  {t(`train.${state}`)}
                  {serving ? <span class="badge">{t("train.serves")}</span> : null}
                </td>
                <td class="number">{number(bestUar(training))}</td>
                <td class="number">{number(scores?.["uar"])}</td>
                <td>
                  <input
                    type="checkbox"
                    aria-label={t("train.compareOf", { name: id })}
                    checked={compared.includes(id)}
                    onChange={() =>
                      compare(compared.includes(id) ? compared.filter((one) => one !== id) : [...compared, id])
                    }
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Every setting with its path: `training.epochs`. */
function settingsOf(value: unknown, path = ""): ReadonlyMap<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return new Map([[path, Array.isArray(value) ? value.join(", ") : String(value)]]);
  }
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...settingsOf(inner, path === "" ? key : `${path}.${key}`)]),
  );
}

export function Comparison({ trainings }: { readonly trainings: readonly Training[] }) {
  const t = useTranslate();
  const settings = trainings.map(({ config: { ...config } }) => settingsOf({ ...config, id: "" }));
  const names = [...new Set(settings.flatMap((own) => [...own.keys()]))];
  const differing = names.filter((name) => new Set(settings.map((own) => own.get(name))).size > 1);
  return (
    <section class="card stack run" aria-labelledby="train-comparison">
      <h3 id="train-comparison">{t("train.comparison")}</h3>
      <Curves trainings={trainings} />
      <div class="table-frame plain">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("train.differences")}</th>
              {trainings.map(({ id }) => (
                <th key={id} scope="col">
                  {id}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{t("train.validated")}</th>
              {trainings.map((training) => (
                <td key={training.id} class="number">
                  {number(bestUar(training))}
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">{t("train.tested")}</th>
              {trainings.map(({ id, scores }) => (
                <td key={id} class="number">
                  {number(scores?.["uar"])}
                </td>
              ))}
            </tr>
            {differing.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {trainings.map(({ id }, index) => (
                  <td key={id}>{settings[index]?.get(name) ?? "–"}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {differing.length === 0 ? <p class="soft small">{t("train.same")}</p> : null}
    </section>
  );
}

/** What a person may count on. */
import { useTranslate } from "../state/app.ts";
import { Icon, type IconName } from "./icons.tsx";

const PROMISES: readonly (readonly ["private" | "honest" | "consent", IconName])[] = [
  ["private", "shield"],
  ["honest", "scale"],
  ["consent", "eye"],
];

export function Promises() {
  const t = useTranslate();
  return (
    <ul class="promises">
      {PROMISES.map(([promise, icon]) => (
        <li key={promise}>
          <Icon name={icon} />
          <h3>{t(`start.${promise}`)}</h3>
          <p class="soft">{t(`start.${promise}Text`)}</p>
        </li>
      ))}
    </ul>
  );
}

import { useTranslate } from "../state/app.ts";

export function HistoryPage() {
  const t = useTranslate();
  return <h1>{t("history.title")}</h1>;
}

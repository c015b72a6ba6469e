import { useTranslate } from "../state/app.ts";

export function FilesPage() {
  const t = useTranslate();
  return <h1>{t("files.title")}</h1>;
}

import { type ReactNode, useEffect } from "react";
import { useWords } from "../../locales/Words.tsx";
import { useLocalSettings, useSurroundings } from "../../parts/Surroundings.tsx";
import { Logo } from "../../ui/Logo.tsx";
import { Landscape } from "./Landscape.tsx";

type Props = { readonly title: string; readonly lead: string; readonly children: ReactNode };

/** The page around the forms by which one comes in. */
export function EntryFrame({ title, lead, children }: Props) {
  const { t } = useWords();
  const { settings } = useSurroundings();
  const { language } = useLocalSettings();
  useEffect(() => {
    document.title = `${title} – Chappe`;
  }, [title]);
  const other = language === "fr" ? "en" : "fr";
  return (
    <div className="entry">
      <div className="entry-side" aria-hidden="true">
        <Landscape />
        <p className="entry-motto">{t("login.motto")}</p>
      </div>
      <main className="entry-main scrolls">
        <div className="entry-card">
          <p className="entry-brand">
            <Logo size={44} />
            <span>Chappe</span>
          </p>
          <h1 className="entry-title">{title}</h1>
          <p className="lead">{lead}</p>
          {children}
        </div>
        <p className="entry-foot">
          <button
            type="button"
            className="text-button"
            lang={other}
            onClick={() => settings.change({ language: other })}
          >
            {other === "fr" ? "Français" : "English"}
          </button>
        </p>
      </main>
    </div>
  );
}

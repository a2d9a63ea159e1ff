import type { ReactNode } from "react";
import { useWords } from "../locales/Words.tsx";
import { IconButton } from "../ui/Button.tsx";
import { home } from "./routes.ts";
import { useNavigator } from "./Surroundings.tsx";

type Props = {
  readonly title: string;
  readonly verbs?: ReactNode;
  readonly children: ReactNode;
};

/** A screen of the main pane with its title; on a small screen, the way back to the list. */
export function Screen({ title, verbs, children }: Props) {
  return (
    <div className="screen">
      <header className="screen-head">
        <BackButton />
        <h1 className="screen-title">{title}</h1>
        {verbs}
      </header>
      <div className="screen-body scrolls">
        <div className="screen-column">{children}</div>
      </div>
    </div>
  );
}

/** Only where one pane is shown at a time. */
export function BackButton() {
  const { t } = useWords();
  const navigator = useNavigator();
  return (
    <span className="back-button">
      <IconButton icon="back" label={t("common.back")} onClick={() => navigator.back(home)} />
    </span>
  );
}

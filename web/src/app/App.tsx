import { useEffect } from "react";
import { useWords, WordsProvider } from "../locales/Words.tsx";
import {
  type Surroundings,
  SurroundingsProvider,
  useClient,
  useLocalSettings,
  useRoute,
  useSurroundings,
} from "../parts/Surroundings.tsx";
import { SignInScreen } from "../features/login/SignInScreen.tsx";
import { SignUpScreen } from "../features/login/SignUpScreen.tsx";
import { Logo } from "../ui/Logo.tsx";
import { ToastLayer } from "../ui/ToastLayer.tsx";
import { TooltipLayer } from "../ui/TooltipLayer.tsx";
import { useStore } from "../ui/useStore.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { Gate } from "./Gate.tsx";
import { useTheme } from "./useTheme.ts";

/** The whole client. */
export function App({ surroundings }: { readonly surroundings: Surroundings }) {
  return (
    <SurroundingsProvider value={surroundings}>
      <InLanguage />
    </SurroundingsProvider>
  );
}

function InLanguage() {
  const { language, theme } = useLocalSettings();
  useTheme(theme);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <WordsProvider language={language}>
      <ErrorBoundary>
        <Entrance />
        <Layers />
      </ErrorBoundary>
    </WordsProvider>
  );
}

/** What the person may see, by whether they are signed in. */
function Entrance() {
  const { t } = useWords();
  const session = useStore(useClient().session);
  const route = useRoute();
  switch (session.phase) {
    case "opening":
      return <Splash words="" />;
    case "starting":
      return <Splash words={t("app.starting")} />;
    case "ready":
      return <Gate />;
    case "locked":
      return <SignInScreen locked={session.userID} />;
    case "signed-out":
      return route.screen === "sign-up" ? <SignUpScreen /> : <SignInScreen ended={session.ended} />;
  }
}

function Splash({ words }: { readonly words: string }) {
  return (
    <main className="splash">
      <h1 className="only-heard">Chappe</h1>
      <Logo size={88} isSignalling={words !== ""} />
      <p role="status">{words}</p>
    </main>
  );
}

function Layers() {
  const { t } = useWords();
  const { toasts } = useSurroundings();
  return (
    <>
      <ToastLayer toasts={toasts} closeLabel={t("common.close")} />
      <TooltipLayer />
    </>
  );
}

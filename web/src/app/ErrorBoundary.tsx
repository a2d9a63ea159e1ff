import { Component, type ReactNode } from "react";
import { useWords } from "../locales/Words.tsx";
import { Button } from "../ui/Button.tsx";
import { EmptyState } from "../ui/Feedback.tsx";

type Props = { readonly children: ReactNode };

/** Shows a way out when drawing fails, instead of a blank page. A fault of ours: it is logged. */
export class ErrorBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override readonly state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <Fallback /> : this.props.children;
  }
}

function Fallback() {
  const { t } = useWords();
  return (
    <main className="splash" role="alert">
      <EmptyState
        icon="alert"
        title={t("app.failedTitle")}
        actions={
          <Button kind="primary" icon="retry" onClick={() => globalThis.location.reload()}>
            {t("app.reload")}
          </Button>
        }
      >
        {t("app.failed")}
      </EmptyState>
    </main>
  );
}

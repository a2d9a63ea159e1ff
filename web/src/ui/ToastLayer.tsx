import { Icon } from "./Icon.tsx";
import { IconButton } from "./Button.tsx";
import type { Toasts } from "./toasts.ts";
import { useStore } from "./useStore.ts";

/** Draws the toasts, and has them read out. */
export function ToastLayer(props: { readonly toasts: Toasts; readonly closeLabel: string }) {
  const toasts = useStore(props.toasts.all);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={`toast toast-${toast.kind}`}>
          <Icon name={toast.kind === "done" ? "check" : "alert"} />
          <p>{toast.text}</p>
          <IconButton
            icon="close"
            size="s"
            label={props.closeLabel}
            onClick={() => props.toasts.dismiss(toast.id)}
          />
        </div>
      ))}
    </div>
  );
}

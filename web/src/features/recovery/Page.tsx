import { type ReactNode, useEffect, useRef } from "react";
import { Logo } from "../../ui/Logo.tsx";

type Props = { readonly title: string; readonly lead: string; readonly children: ReactNode };

/** A page of its own, between signing in and the conversations. */
export function Page({ title, lead, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Chappe`;
    // A new step is read out from its title, unless a field of it has the focus.
    if (document.activeElement === document.body) heading.current?.focus();
  }, [title]);
  return (
    <main className="recovery scrolls">
      <div className="recovery-card">
        <p className="entry-brand">
          <Logo size={36} />
          <span>Chappe</span>
        </p>
        <h1 className="entry-title" ref={heading} tabIndex={-1}>{title}</h1>
        <p className="lead">{lead}</p>
        {children}
      </div>
    </main>
  );
}

import { type ReactNode, useId } from "react";

type Props = {
  readonly title: string;
  readonly lead?: string | undefined;
  readonly children: ReactNode;
};

/** One subject of the settings. */
export function Section({ title, lead, children }: Props) {
  const id = useId();
  return (
    <section className="settings-section" aria-labelledby={id}>
      <h2 id={id} className="settings-title">{title}</h2>
      {lead !== undefined && <p className="lead">{lead}</p>}
      {children}
    </section>
  );
}

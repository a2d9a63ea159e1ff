import { memo, useLayoutEffect, useMemo, useRef } from "react";
import { useWords } from "../../locales/Words.tsx";
import { sanitize, textToNodes } from "../../matrix/html/sanitize.ts";
import { useNavigator } from "../../parts/Surroundings.tsx";
import { useTimeline } from "./TimelineContext.ts";

/** Text with formatting that somebody else wrote: only what `sanitize` lets through. */
export const RichText = memo(function RichText({ html }: { readonly html: string }) {
  const make = useMemo(() => () => sanitize(html), [html]);
  return <Nodes make={make} className="rich-text" />;
});

/** Text as it was typed, with its line breaks, and links where it has addresses. */
export const PlainText = memo(function PlainText({ text }: { readonly text: string }) {
  const make = useMemo(() => () => textToNodes(text), [text]);
  return <Nodes make={make} className="plain-text" />;
});

type NodesProps = { readonly make: () => DocumentFragment; readonly className: string };

/** Draws nodes that are fit to be shown. Mentions lead to people and rooms here. */
function Nodes({ make, className }: NodesProps) {
  const ref = useRef<HTMLDivElement>(null);
  const { t } = useWords();
  const { openPerson, jump, room } = useTimeline();
  const navigator = useNavigator();

  useLayoutEffect(() => {
    const fragment = make();
    hideSpoilers(fragment, t("message.spoiler"));
    nameCode(fragment, t("message.code"));
    ref.current?.replaceChildren(fragment);
  }, [make, t]);

  const follow = (link: HTMLElement): boolean => {
    const { userId, roomId, eventId } = link.dataset;
    if (userId !== undefined) openPerson(userId);
    else if (roomId === room.id && eventId !== undefined) jump(eventId);
    else if (roomId !== undefined) {
      navigator.go({
        screen: "room",
        roomID: roomId,
        ...(eventId === undefined ? {} : { eventID: eventId }),
      });
    } else return false;
    return true;
  };

  return (
    <div
      ref={ref}
      className={className}
      onClick={(event) => {
        const target = event.target as HTMLElement;
        const link = target.closest<HTMLElement>(".mention");
        if (link !== null && follow(link)) event.preventDefault();
        const spoiler = target.closest<HTMLElement>(".spoiler");
        if (spoiler !== null) toggleSpoiler(spoiler);
      }}
      onKeyDown={(event) => {
        const target = event.target as HTMLElement;
        if (!target.matches(".spoiler") || (event.key !== "Enter" && event.key !== " ")) return;
        event.preventDefault();
        toggleSpoiler(target);
      }}
    />
  );
}

function hideSpoilers(fragment: DocumentFragment, label: string): void {
  for (const spoiler of fragment.querySelectorAll<HTMLElement>(".spoiler")) {
    const { reason } = spoiler.dataset;
    spoiler.tabIndex = 0;
    spoiler.setAttribute("role", "button");
    spoiler.setAttribute("aria-expanded", "false");
    spoiler.setAttribute("aria-label", reason ? `${label} : ${reason}` : label);
  }
}

function toggleSpoiler(spoiler: HTMLElement): void {
  const isOpen = spoiler.getAttribute("aria-expanded") !== "true";
  spoiler.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) spoiler.removeAttribute("aria-label");
}

/** Long lines of code scroll, so they must be reachable by keyboard. */
function nameCode(fragment: DocumentFragment, label: string): void {
  for (const block of fragment.querySelectorAll<HTMLElement>("pre")) {
    block.tabIndex = 0;
    block.setAttribute("role", "region");
    block.setAttribute("aria-label", label);
  }
}

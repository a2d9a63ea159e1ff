import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { Icon } from "./Icon.tsx";
import { IconButton } from "./Button.tsx";
import type { IconName } from "./icons.ts";
import { placeBeside } from "./place.ts";

export type MenuItem = {
  readonly key: string;
  readonly label: string;
  readonly icon?: IconName | undefined;
  readonly isDanger?: boolean | undefined;
  /** A choice that holds, marked with a tick. Undefined: not a choice. */
  readonly isChecked?: boolean | undefined;
  /** A line above it. */
  readonly startsGroup?: boolean | undefined;
  readonly onSelect: () => void;
};

type MenuProps = {
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** What it opens beside: an element, or a place on the page. */
  readonly beside: Element | DOMRect;
  readonly onClose: () => void;
};

/** A list of verbs that opens beside a control. Arrow keys, Home, End and first letters move in it. */
export function Menu({ label, items, beside, onClose }: MenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  usePopover(ref, beside, onClose);
  useEffect(() => {
    const before = document.activeElement;
    const menu = ref.current;
    (menu?.querySelector<HTMLElement>("[aria-checked=true]") ?? entries(menu)[0])?.focus();
    return () => {
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
    };
  }, []);

  return (
    <div
      ref={ref}
      className="menu scrolls"
      role="menu"
      aria-label={label}
      {...{ popover: "manual" }}
      onKeyDown={(event) => moveInMenu(event, ref.current, onClose)}
    >
      {items.map((item) => (
        <button
          key={item.key}
          type="button"
          role={item.isChecked === undefined ? "menuitem" : "menuitemradio"}
          aria-checked={item.isChecked}
          tabIndex={-1}
          className={`menu-item${item.isDanger ? " menu-item-danger" : ""}${
            item.startsGroup ? " menu-item-group" : ""
          }`}
          onClick={() => {
            onClose();
            item.onSelect();
          }}
        >
          {item.icon && <Icon name={item.icon} />}
          <span className="menu-words">{item.label}</span>
          {item.isChecked && <Icon name="check" size="s" />}
        </button>
      ))}
    </div>
  );
}

type MenuButtonProps = {
  readonly icon: IconName;
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly size?: "s" | "m" | undefined;
  /** False: the Tab key passes it by. */
  readonly isStop?: boolean | undefined;
};

/** A drawing that opens a menu. */
export function MenuButton({ icon, label, items, size = "m", isStop = true }: MenuButtonProps) {
  const menu = useMenu();
  return (
    <>
      <IconButton
        ref={menu.buttonRef}
        icon={icon}
        label={label}
        size={size}
        tabIndex={isStop ? undefined : -1}
        {...menu.buttonProps}
      />
      {menu.open && <Menu label={label} items={items} beside={menu.open} onClose={menu.close} />}
    </>
  );
}

/** What a control needs to open a menu beside itself. */
export function useMenu() {
  const buttonRef = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState<Element | null>(null);
  const close = useCallback(() => {
    setOpen(null);
    buttonRef.current?.focus();
  }, []);
  const toggle = () => setOpen(open === null ? buttonRef.current : null);
  const buttonProps = {
    "aria-haspopup": "menu",
    "aria-expanded": open !== null,
    onClick: toggle,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown" || open !== null) return;
      event.preventDefault();
      toggle();
    },
  } as const;
  return { buttonRef, buttonProps, open, close };
}

type PopupProps = {
  readonly label: string;
  readonly beside: Element | DOMRect;
  readonly className?: string | undefined;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** A small window beside a control, for more than a list of verbs. Tab moves in it. */
export function Popup({ label, beside, className = "", onClose, children }: PopupProps) {
  const ref = useRef<HTMLDivElement>(null);
  const id = useId();
  usePopover(ref, beside, onClose);
  useEffect(() => {
    const before = document.activeElement;
    const popup = ref.current;
    (popup?.querySelector<HTMLElement>("[data-autofocus]") ?? popup)?.focus();
    return () => {
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
    };
  }, []);
  return (
    <div
      ref={ref}
      id={id}
      className={`popup ${className}`}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      {...{ popover: "manual" }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        event.preventDefault();
        onClose();
      }}
    >
      {children}
    </div>
  );
}

/** Lifts an element above the page, places it, and closes it on a press elsewhere or a resize. */
function usePopover(
  ref: React.RefObject<HTMLDivElement>,
  beside: Element | DOMRect,
  onClose: () => void,
): void {
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    element.showPopover();
    const place = () => placeBeside(element, beside);
    place();
    const watcher = new ResizeObserver(place);
    watcher.observe(element);
    const pressed = (event: Event) => {
      const target = event.target as Node;
      if (element.contains(target)) return;
      if (beside instanceof Element && beside.contains(target)) return;
      close.current();
    };
    const resized = () => close.current();
    document.addEventListener("pointerdown", pressed, true);
    globalThis.addEventListener("resize", resized);
    return () => {
      watcher.disconnect();
      document.removeEventListener("pointerdown", pressed, true);
      globalThis.removeEventListener("resize", resized);
    };
  }, [beside]);
}

function entries(menu: HTMLElement | null): HTMLElement[] {
  return menu === null ? [] : [...menu.querySelectorAll<HTMLElement>(".menu-item")];
}

function moveInMenu(event: KeyboardEvent, menu: HTMLElement | null, onClose: () => void): void {
  const all = entries(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = nextEntry(event.key, at, all.map((entry) => entry.textContent ?? ""));
  event.stopPropagation();
  if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    onClose();
  }
  if (to === undefined) return;
  event.preventDefault();
  all[to]?.focus();
}

/** The place that a key moves to, among entries with these words; undefined when it moves nowhere. */
export function nextEntry(key: string, at: number, words: readonly string[]): number | undefined {
  const count = words.length;
  switch (key) {
    case "ArrowDown":
      return (at + 1) % count;
    case "ArrowUp":
      return (at - 1 + count) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
  }
  if (key.length !== 1 || key === " ") return undefined;
  for (let step = 1; step <= count; step++) {
    const to = (at + step) % count;
    if (words[to]?.toLocaleLowerCase().startsWith(key.toLocaleLowerCase())) return to;
  }
  return undefined;
}

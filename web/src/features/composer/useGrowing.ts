import { useLayoutEffect } from "react";

const growsByItself = globalThis.CSS?.supports?.("field-sizing", "content") ?? false;

/** Makes a text area as high as its text. New browsers do it by themselves (`field-sizing`). */
export function useGrowing(area: React.RefObject<HTMLTextAreaElement>, text: string): void {
  useLayoutEffect(() => {
    const element = area.current;
    if (growsByItself || element === null) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [area, text]);
}

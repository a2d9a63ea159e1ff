import { useCallback } from "react";
import type { MediaSource } from "../matrix/contract.ts";
import { useClient } from "./Surroundings.tsx";
import { useAction } from "./useAction.ts";

/** Fetches a file, and has the browser save it under its name. */
export function useSave() {
  const { media } = useClient();
  const { isBusy, run: act } = useAction({ special: { M_NOT_FOUND: "media.gone" } });
  const run = useCallback((source: MediaSource, fileName: string) => {
    act(async () => {
      const url = URL.createObjectURL(await media.blob(source));
      const link = document.createElement("a");
      link.href = url;
      link.download = fileName;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    });
  }, [act, media]);
  return { isBusy, run };
}

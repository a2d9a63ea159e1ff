import { useCallback, useEffect, useRef, useState } from "react";
import { useWords } from "../locales/Words.tsx";
import type { Key } from "../locales/translate.ts";
import { isCancelled, problem } from "./problems.ts";
import { useSurroundings } from "./Surroundings.tsx";

type Options = {
  /** Own sentences for some failures. */
  readonly special?: Partial<Record<string, Key>>;
  /** Said when it is done. */
  readonly done?: Key;
};

/**
 * Runs something that may fail, and tells of it in a toast.
 *
 * - Returns: `isBusy`, and `run`, which does nothing while one is under way and gives true when it
 *   went well.
 */
export function useAction(options: Options = {}) {
  const { toasts } = useSurroundings();
  const { t, say } = useWords();
  const [isBusy, setBusy] = useState(false);
  const state = useRef({ isBusy: false, isDrawn: true, options });
  state.current.options = options;
  useEffect(() => {
    state.current.isDrawn = true;
    return () => void (state.current.isDrawn = false);
  }, []);

  const run = useCallback(async (action: () => Promise<unknown>): Promise<boolean> => {
    if (state.current.isBusy) return false;
    state.current.isBusy = true;
    setBusy(true);
    try {
      await action();
      const { done } = state.current.options;
      if (done !== undefined) toasts.show(t(done));
      return true;
    } catch (error) {
      if (!isCancelled(error)) {
        toasts.show(say(problem(error, state.current.options.special)), "problem");
      }
      return false;
    } finally {
      state.current.isBusy = false;
      if (state.current.isDrawn) setBusy(false);
    }
  }, [say, t, toasts]);

  return { isBusy, run };
}

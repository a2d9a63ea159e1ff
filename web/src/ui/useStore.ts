import { useSyncExternalStore } from "react";

/** Anything that holds a value and tells when it changes. */
export type Watchable<T> = {
  readonly get: () => T;
  readonly subscribe: (listener: () => void) => () => void;
};

/** The current value of a store; the component is drawn again when it changes. */
export function useStore<T>(store: Watchable<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

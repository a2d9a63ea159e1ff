import type { Security, Store } from "../matrix/contract.ts";
import { useStore } from "../ui/useStore.ts";
import { useClient } from "./Surroundings.tsx";

/** Undefined where the engine does not keep messages secret: then nothing of it is shown. */
export function useSecurity(): Security | undefined {
  return useStore(useClient().security);
}

/** The value of a store that may not be there. */
export function useMaybe<T>(store: Store<T> | undefined): T | undefined {
  return useStore<T | undefined>(store ?? nothing);
}

const nothing: Store<undefined> = { get: () => undefined, subscribe: () => () => {} };

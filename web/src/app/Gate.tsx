import { useState } from "react";
import type { Security } from "../matrix/contract.ts";
import { useSecurity } from "../parts/useSecurity.ts";
import { useStore } from "../ui/useStore.ts";
import { ComparisonDialog, SetUpScreen, UnlockScreen } from "./laterScreens.ts";
import { Shell } from "./Shell.tsx";

/** What comes between signing in and the conversations: the recovery code. */
export function Gate() {
  const security = useSecurity();
  if (security === undefined) return <Shell onUnlock={() => {}} />;
  return (
    <>
      <Guarded security={security} />
      <Compared security={security} />
    </>
  );
}

/** The comparison under way, if any, above whatever is on the screen. */
function Compared({ security }: { readonly security: Security }) {
  const [first] = useStore(security.comparisons);
  if (first === undefined) return null;
  return <ComparisonDialog key={first.id} security={security} comparison={first} />;
}

function Guarded({ security }: { readonly security: Security }) {
  const state = useStore(security.state);
  const [isLater, setLater] = useState(false);
  // A code that nobody has kept yet would be lost with this device: it comes first.
  if (state.phase === "new" || state.phase === "unsaved") {
    return <SetUpScreen security={security} />;
  }
  if (state.phase === "locked" && !isLater) {
    return <UnlockScreen security={security} locked={state} onLater={() => setLater(true)} />;
  }
  return <Shell onUnlock={() => setLater(false)} />;
}

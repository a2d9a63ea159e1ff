import { useMemo } from "react";
import { useClient } from "../../parts/Surroundings.tsx";
import { useStore } from "../../ui/useStore.ts";

/** How many conversations the server cannot look into, for only their members can read them. */
export function useSecretRooms(): number {
  const { rooms } = useClient();
  const sections = useStore(rooms.sections);
  return useMemo(() => {
    const { favourites, direct, rooms: others, lowPriority } = sections;
    return [...favourites, ...direct, ...others, ...lowPriority]
      .filter((id) => rooms.room(id).summary.get()?.isEncrypted).length;
  }, [rooms, sections]);
}

import type { UserID } from "../../matrix/contract.ts";
import { useClient, useNavigator } from "../../parts/Surroundings.tsx";
import { useAction } from "../../parts/useAction.ts";

/** Opens the direct message with somebody, old or new. */
export function useDirect(onOpened: () => void = () => {}) {
  const { rooms } = useClient();
  const navigator = useNavigator();
  const { isBusy, run } = useAction({ special: { M_FORBIDDEN: "people.cannotWrite" } });
  const start = (userID: UserID) =>
    run(async () => {
      const roomID = await rooms.startDirect(userID);
      onOpened();
      navigator.go({ screen: "room", roomID });
    });
  return { isBusy, start };
}

import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { EventID, EventItem, Room } from "../../matrix/contract.ts";
import { useWords } from "../../locales/Words.tsx";
import { Waiting } from "../../ui/Feedback.tsx";
import { type ListHandle, type ListPosition, ReversedList } from "../../ui/ReversedList.tsx";
import { useStore } from "../../ui/useStore.ts";
import { Announcer } from "./Announcer.tsx";
import { JumpButton } from "./JumpButton.tsx";
import { TimelineContext, type TimelineVerbs } from "./TimelineContext.ts";
import type { TimelineModel } from "./TimelineModel.ts";
import { guessHeight, keyOfRow, type Row } from "./TimelineRows.ts";
import { TimelineRow } from "./TimelineRow.tsx";
import { RemoveDialog } from "./RemoveDialog.tsx";
import { ReportDialog } from "./ReportDialog.tsx";
import { moveAmongRows } from "./moveAmongRows.ts";

export type TimelineViewProps = {
  readonly room: Room;
  readonly model: TimelineModel;
  readonly verbs: Pick<TimelineVerbs, "reply" | "edit" | "openPerson" | "openMedia" | "copyLink">;
  /** An event that the address asks for. */
  readonly wanted: EventID | undefined;
  /** Another number when it asks for the same event again. */
  readonly turn: number;
  /** Gives the focus to the composer. */
  readonly onLeave: () => void;
};

/** The messages of one room. */
export const TimelineView = memo(function TimelineView(props: TimelineViewProps) {
  const { room, model, wanted, turn } = props;
  const { t } = useWords();
  const rows = useStore(model.rows);
  const state = useStore(model.timeline.state);
  const handle = useRef<ListHandle>(null);
  const [removing, setRemoving] = useState<EventItem>();
  const [reporting, setReporting] = useState<EventItem>();

  useAttention(model);
  usePlace(model, handle, state.isLoaded, wanted, turn);

  const jump = useCallback((eventID: EventID) => {
    const key = model.keyOf(eventID);
    if (key !== undefined) handle.current?.showRow(key, 0.4);
    model.timeline.jumpTo(eventID).then(() => {
      const found = model.keyOf(eventID);
      if (found !== undefined) handle.current?.showRow(found, 0.4);
    }, () => {});
  }, [model]);

  const jumpToEnd = useCallback(() => {
    model.timeline.jumpToLive().then(() => handle.current?.showEnd(), () => {});
  }, [model]);

  const verbs = useMemo<TimelineVerbs>(() => ({
    ...props.verbs,
    room,
    jump,
    remove: setRemoving,
    report: setReporting,
    toggle: (key) => model.toggle(key),
    fillGap: (key) => model.fillGap(key),
    retry: (edge) => model.retry(edge),
  }), [props.verbs, room, jump, model]);

  const seen = useCallback(
    ({ isAtEnd, lastKey }: ListPosition) => model.seen(isAtEnd, lastKey),
    [model],
  );
  const needEarlier = useCallback(() => model.needEarlier(), [model]);
  const needLater = useCallback(() => model.needLater(), [model]);

  return (
    <TimelineContext.Provider value={verbs}>
      <div
        className="timeline"
        onKeyDown={(event) => moveAmongRows(event, handle.current?.element(), props.onLeave)}
      >
        {state.isLoaded
          ? (
            <ReversedList
              rows={rows}
              keyOf={keyOfRow}
              guess={guessHeight}
              draw={drawRow}
              label={t("timeline.label")}
              onNearStart={needEarlier}
              onNearEnd={needLater}
              onPosition={seen}
              handle={handle}
            />
          )
          : <Waiting label={t("timeline.loading")} />}
        <JumpButton model={model} onPress={jumpToEnd} />
        <Announcer model={model} />
      </div>
      {removing && <RemoveDialog item={removing} onClose={() => setRemoving(undefined)} />}
      {reporting && <ReportDialog item={reporting} onClose={() => setReporting(undefined)} />}
    </TimelineContext.Provider>
  );
});

function drawRow(row: Row) {
  return <TimelineRow row={row} />;
}

/** Tells the model whether somebody is looking. */
function useAttention(model: TimelineModel): void {
  useEffect(() => {
    const look = () => model.attend(document.visibilityState === "visible" && document.hasFocus());
    look();
    document.addEventListener("visibilitychange", look);
    globalThis.addEventListener("focus", look);
    globalThis.addEventListener("blur", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      globalThis.removeEventListener("focus", look);
      globalThis.removeEventListener("blur", look);
    };
  }, [model]);
}

/**
 * Goes to the message that the address asks for. Without one, begins at the line of new messages,
 * when they are more than fit on the screen; else at the end.
 */
function usePlace(
  model: TimelineModel,
  handle: React.RefObject<ListHandle>,
  isLoaded: boolean,
  wanted: EventID | undefined,
  turn: number,
): void {
  const begun = useRef<TimelineModel>();
  useEffect(() => {
    if (!isLoaded) return;
    const isFirst = begun.current !== model;
    begun.current = model;
    if (wanted !== undefined) {
      const show = () => {
        const key = model.keyOf(wanted);
        if (key !== undefined) handle.current?.showRow(key, 0.4);
      };
      show();
      model.timeline.jumpTo(wanted).then(show, () => {});
    } else if (isFirst && handle.current?.isBeyond("new")) {
      handle.current.showRow("new", 0.2);
    }
  }, [model, isLoaded, wanted, turn]);
}

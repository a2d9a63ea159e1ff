import type { EncryptedEvent, Outcome, Unreadable } from "../../crypto/rooms/RoomDecryption.ts";
import type { SessionName } from "../../crypto/rooms/RoomKeys.ts";
import type { EventID, RoomID, Timestamp, UnreadableReason } from "../contract.ts";
import type { Event } from "../timeline/parseEvent.ts";
import { asEncrypted, bundledEditOf, isEncrypted, plainForm, sealedForm } from "./plainForm.ts";

/** Events as what they say: `EventReader.read`, or nothing at all where all is in the clear. */
export type Reading = <E extends Event>(events: readonly E[]) => Promise<readonly E[]>;

/** Events whose plain form is kept at hand; more are decrypted again when they are looked at. */
const maxKept = 5_000;

export type ReaderParts = {
  /** False: nothing can be decrypted here, and nothing is tried. */
  readonly isOn: () => boolean;
  readonly decrypt: (events: readonly EncryptedEvent[]) => Promise<readonly Outcome[]>;
  /** Somebody would read these, and has not the keys. */
  readonly onMissing: (sessions: readonly SessionName[]) => void;
  readonly why: (reason: Unreadable, event: MissingEvent) => UnreadableReason;
};

/** What may tell why a message cannot be read. */
export type MissingEvent = {
  readonly roomID: RoomID;
  readonly sessionID?: string;
  readonly ts: Timestamp;
};

/**
 * Gives encrypted events their plain form. On the disk they stay as they came: who copies it reads
 * nothing without the keys, and a key that comes late changes nothing that is stored.
 */
export class EventReader {
  /** In the order of their use. */
  readonly #kept = new Map<EventID, { readonly ts: Timestamp; readonly outcome: Outcome }>();

  constructor(private readonly parts: ReaderParts) {}

  readonly read: Reading = async (events) => {
    if (!this.parts.isOn()) return events;
    const sealed = events.map((event) =>
      event.sealed?.isWhole === false ? sealedForm(event) : event
    );
    const wanted = sealed.flatMap((event) => {
      if (!isEncrypted(event)) return [];
      const edit = bundledEditOf(event);
      return edit === undefined ? [asEncrypted(event)] : [asEncrypted(event), edit];
    });
    if (wanted.length === 0) return events;
    const outcomes = await this.#outcomes(wanted);
    this.parts.onMissing(wanted.flatMap((event) => missing(event, outcomes.get(event.eventID))));
    return sealed.map((event) => this.#plain(event, outcomes));
  };

  /** The plain form by what has been decrypted already; as it came otherwise. */
  known<E extends Event>(event: E): E {
    const outcomes = new Map([event.id, event.bundledEdit?.id ?? event.id].flatMap((id) => {
      const kept = this.#kept.get(id);
      return kept === undefined ? [] : [[id, kept.outcome] as const];
    }));
    return isEncrypted(event) ? this.#plain(event, outcomes) : event;
  }

  /** These were decrypted elsewhere. */
  keep(events: readonly EncryptedEvent[], outcomes: readonly Outcome[]): void {
    events.forEach((event, index) => {
      const outcome = outcomes[index];
      if (outcome !== undefined) this.#keep(event, outcome);
    });
  }

  #plain<E extends Event>(event: E, outcomes: ReadonlyMap<EventID, Outcome>): E {
    const outcome = outcomes.get(event.id);
    if (outcome === undefined) return event;
    const edit = event.bundledEdit && outcomes.get(event.bundledEdit.id);
    const sessionID = outcome.kind === "readable" ? undefined : outcome.sessionID;
    return plainForm(event, outcome, edit, (reason) =>
      this.parts.why(reason, {
        roomID: event.roomID,
        ts: event.ts,
        ...(sessionID === undefined ? {} : { sessionID }),
      }));
  }

  async #outcomes(events: readonly EncryptedEvent[]): Promise<ReadonlyMap<EventID, Outcome>> {
    const outcomes = new Map<EventID, Outcome>();
    const unread = events.filter((event) => {
      const kept = this.#kept.get(event.eventID);
      if (kept === undefined || kept.ts !== event.ts) return true;
      outcomes.set(event.eventID, kept.outcome);
      return false;
    });
    if (unread.length === 0) return outcomes;
    const fresh = await this.parts.decrypt(unread);
    unread.forEach((event, index) => {
      const outcome = fresh[index];
      if (outcome === undefined) return;
      outcomes.set(event.eventID, outcome);
      this.#keep(event, outcome);
    });
    return outcomes;
  }

  /** What cannot be read is tried again each time: its key may have come. */
  #keep({ eventID, ts }: EncryptedEvent, outcome: Outcome): void {
    this.#kept.delete(eventID);
    if (outcome.kind === "readable") this.#kept.set(eventID, { ts, outcome });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function missing(event: EncryptedEvent, outcome: Outcome | undefined): SessionName[] {
  if (outcome?.kind !== "unreadable" || outcome.sessionID === undefined) return [];
  const { reason: { kind }, sessionID } = outcome;
  const mayCome = kind === "missing" || kind === "too-early" || kind === "withheld";
  return mayCome ? [{ roomID: event.roomID, sessionID }] : [];
}

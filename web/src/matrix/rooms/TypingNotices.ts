import type { Clock } from "../../platform/Clock.ts";
import { type Homeserver, path } from "../api/Homeserver.ts";
import type { RoomID, UserID } from "../contract.ts";

/** How long the server is to believe it without hearing more. */
const lifetimeMS = 20_000;
/** And how early before that it is told again. */
const renewalMS = 12_000;
/** Without a keystroke for so long, one has stopped. */
const pauseMS = 6_000;

type Notice = { sentAt: number; keyAt: number };

/**
 * Tells the others in a room that one types, as rarely as can be.
 *
 * - Spec: Typing notifications
 */
export class TypingNotices {
  readonly #notices = new Map<RoomID, Notice>();

  constructor(
    private readonly server: Homeserver,
    private readonly clock: Clock,
    private readonly self: UserID,
  ) {}

  /** Call with each keystroke, and with false when the message is sent or given up. */
  set(roomID: RoomID, isTyping: boolean): void {
    const now = this.clock.now();
    const notice = this.#notices.get(roomID);
    if (!isTyping) {
      if (this.#notices.delete(roomID)) this.#tell(roomID, false);
    } else if (notice === undefined) {
      this.#notices.set(roomID, { sentAt: now, keyAt: now });
      this.#tell(roomID, true);
      void this.#watch(roomID);
    } else {
      notice.keyAt = now;
      if (now - notice.sentAt < renewalMS) return;
      notice.sentAt = now;
      this.#tell(roomID, true);
    }
  }

  async #watch(roomID: RoomID): Promise<void> {
    const notice = this.#notices.get(roomID);
    while (notice !== undefined) {
      const left = notice.keyAt + pauseMS - this.clock.now();
      if (left > 0) await this.clock.sleep(left);
      if (this.#notices.get(roomID) !== notice) return;
      if (this.clock.now() - notice.keyAt >= pauseMS) return this.set(roomID, false);
    }
  }

  #tell(roomID: RoomID, typing: boolean): void {
    const body = typing ? { typing, timeout: lifetimeMS } : { typing };
    // Nobody misses it when it does not arrive.
    this.server.put(path`/v3/rooms/${roomID}/typing/${this.self}`, body).catch(() => {});
  }
}

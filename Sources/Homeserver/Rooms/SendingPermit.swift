import Database
import MatrixTypes

/// What allowed a message event, and allows every other of its type by its sender for as long as the
/// room's state stays what it is: the rules look at nothing else of such an event. Redacting one of the
/// events that allow it leaves what they say of levels and members as it was.
struct SendingPermit: Sendable {
    /// The state by which it was judged.
    let state: StateGroup
    /// Positions of the events that allow it.
    let auth: [StreamPosition]
    /// The same as the event cites them: a JSON array in the layout of the room's version.
    let authEvents: [UInt8]

    /// To whom it was given, where, and for what.
    struct Holder: Hashable, Sendable {
        let room: RoomNumber
        let sender: UserID
        let type: EventType

        /// Nil for what is judged by its content too: state events, and redactions until v2.
        init?(_ draft: EventDraft, in room: RoomNumber) {
            guard draft.stateKey == nil, draft.type != .redaction else { return nil }
            self.room = room
            sender = draft.sender
            type = draft.type
        }
    }
}

extension Timeline {
    /// The permit for a draft, if an event like it was judged in the state that the room is in.
    func permit(for draft: EventDraft, in head: RoomHead) -> SendingPermit? {
        guard let holder = SendingPermit.Holder(draft, in: head.number),
            let permit = db.cached(engine.permits, holder), permit.state == head.state
        else { return nil }
        return permit
    }

    func remember(_ permit: SendingPermit, for draft: EventDraft, in head: RoomHead) {
        guard let holder = SendingPermit.Holder(draft, in: head.number) else { return }
        db.cache(engine.permits, holder, permit)
    }
}

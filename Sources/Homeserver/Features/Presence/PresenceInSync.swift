import Database
import MatrixTypes

/// The presence of those who share a room with the requester, where it changed; and of whoever the
/// requester meets for the first time.
struct PresenceInSync: SyncSection {
    /// In one answer no more people are told of.
    static let mostPeople = 2000

    let book: PresenceBook
    let notifier: Notifier

    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws {
        write(scope, to: &answer)
    }

    func writeFromMemory(_ scope: SyncScope, to answer: inout SyncWriter) -> Bool {
        write(scope, to: &answer)
        return true
    }

    private func write(_ scope: SyncScope, to answer: inout SyncWriter) {
        let filter = scope.filter.presence
        guard filter.admits(type: "m.presence"), !filter.admitsNothing else { return }
        var people = Set(book.changed(after: scope.ephemeralStart))
        people.formUnion(answer.arrivals)
        for room in scope.rooms where scope.isNew(room) {
            people.formUnion(notifier.members(of: room.head.number))
        }
        guard !people.isEmpty else { return }
        let met = notifier.sharing(rooms: scope.requester.userID, with: Array(people))
        for (user, state) in book.states(of: met.prefix(Self.mostPeople)).sorted(by: {
            $0.key < $1.key
        })
        where filter.admits(sender: user) {
            answer.presence.append(
                jsonBytes { event in
                    event.object("content") { state.write(to: &$0, at: scope.now) }
                    event["sender"] = user
                    event["type"] = "m.presence"
                })
        }
    }
}

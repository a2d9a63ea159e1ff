import HTTPTypes
import MatrixTypes

/// Has the canonical alias event name only aliases that stand for its room.
///
/// Aliases that the state names already are not looked at again.
///
/// - Spec: [PUT /state/{eventType}/{stateKey}](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey)
struct CanonicalAliasCheck: EventPolicy {
    static let mostAliases = 500

    func check(_ draft: EventDraft, in room: RoomHead, _ timeline: Timeline) throws {
        guard draft.type == .canonicalAlias, draft.stateKey == "" else { return }
        let named: CanonicalAlias
        do {
            named = try CanonicalAlias(from: draft.content)
        } catch {
            throw MatrixError(.badRequest, .invalidParameter, "\(error)")
        }
        let current = try timeline.canonicalAlias(of: room)
        let new = named.all.subtracting(current?.all ?? [])
        guard new.count <= Self.mostAliases else {
            throw MatrixError.invalidParameter("alt_aliases", "These are too many aliases.")
        }
        let known = try timeline.aliases.those(of: new, standingFor: room.number)
        if let stray = new.subtracting(known).min() {
            throw MatrixError(
                .badRequest, .badAlias, "The alias \(stray) does not stand for this room.")
        }
    }
}

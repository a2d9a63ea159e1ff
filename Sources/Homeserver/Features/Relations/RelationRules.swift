import HTTPTypes
import MatrixTypes

/// What an event may relate to: not twice the same reaction, and no thread off what relates itself.
///
/// - Errors: `M_DUPLICATE_ANNOTATION` for a reaction that its sender has given already; `M_UNKNOWN`
///   for a thread whose root is part of another relation.
/// - Spec: [Event annotations](https://spec.matrix.org/v1.19/client-server-api/#event-annotations-and-reactions)
struct RelationRules: EventPolicy {
    func check(_ draft: EventDraft, in room: RoomHead, _ timeline: Timeline) throws {
        guard draft.stateKey == nil, let relation = EventRelation(in: draft.content) else { return }
        switch relation.type {
        case "m.annotation":
            let key = draft.content["m.relates_to"]?["key"]?.string
            let given = try timeline.events.annotations(
                of: relation.eventID, by: draft.sender, draft.type, in: room.number)
            let repeats = try given.contains {
                try $0.content()["m.relates_to"]?["key"]?.string == key
            }
            guard !repeats else {
                throw MatrixError(
                    .badRequest, .init(rawValue: "M_DUPLICATE_ANNOTATION"),
                    "You have given this reaction already.")
            }
        case "m.thread":
            guard let root = try timeline.events.event(relation.eventID),
                root.room == room.number
            else { return }
            guard root.relType == nil else {
                throw MatrixError(
                    .badRequest, .unknown, "A thread begins with an event that relates to none.")
            }
        default: return
        }
    }
}

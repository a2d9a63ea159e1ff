import HTTPTypes
import MatrixTypes

/// Levels that a client sets are numbers, or in old versions texts of numbers. The rules read a null as
/// a level that is not set, since other servers have made such events; we make none.
struct PowerLevelsShape: EventPolicy {
    func check(_ draft: EventDraft, in room: RoomHead, _ timeline: Timeline) throws {
        guard draft.key == StateKey(.powerLevels) else { return }
        for (name, _) in PowerLevels.namedLevels where draft.content[name]?.kind == .null {
            throw MatrixError.badJSON("`\(name)` is a whole number.")
        }
    }
}

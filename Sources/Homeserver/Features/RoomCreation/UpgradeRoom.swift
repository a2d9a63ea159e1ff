import Database
import HTTPTypes
import Hummingbird
import MatrixRules
import MatrixTypes

/// Replaces a room by a new one, of a version that may be another.
///
/// `POST /_matrix/client/v3/rooms/{roomId}/upgrade`
///
/// - Errors: `M_UNSUPPORTED_ROOM_VERSION`; `M_FORBIDDEN` where the user may not send the room's
///   `m.room.tombstone`; `M_INVALID_PARAM` for `additional_creators` that are no users.
/// - Spec: [POST /upgrade](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidupgrade)
struct UpgradeRoom: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let body = try await request.jsonObject()
        let text = try readingBody { try body.requiredString("new_version") }
        let version = RoomVersion(rawValue: text)
        guard let rules = RoomRules.of(version) else {
            throw MatrixError(
                .badRequest, .unsupportedRoomVersion, "There is no room version \(version) here.")
        }
        let upgrade = RoomUpgrade(
            user: context.userID, version: version, rules: rules,
            roomID: rules.roomIDIsCreateHash ? nil : RoomID.random(on: engine.serverName),
            additionalCreators: rules.privilegesCreators ? body["additional_creators"] : nil,
            now: clock.now)
        let replacement = try await database.write { [engine] db in
            try upgrade.carryOut(on: roomID, engine.timeline(in: db))
        }
        return .json { $0["replacement_room"] = replacement }
    }
}

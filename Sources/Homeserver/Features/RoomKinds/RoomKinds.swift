import Database
import HTTPTypes
import MatrixTypes

/// Public rooms that become private. The reverse is not offered to anybody.
struct RoomKinds: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        let close = MakeRoomPrivate(database: database, engine: engine, clock: clock)
        routes.client.post(
            "/unstable/fr.chappe/rooms/{roomId}/make_private",
            .writing.limited(by: .roomCreation), use: close.respond)
    }
}

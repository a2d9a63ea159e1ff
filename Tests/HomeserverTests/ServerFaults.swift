import Database
import HomeserverTesting
import MatrixTypes

@testable import Homeserver

/// What no client can do, and tests need to have happened.
extension TestServer {
    /// As an administrator will.
    func close(_ room: String) async throws {
        let roomID = RoomID(unchecked: room)
        let now = clock.now
        try await homeserver.database.write { [engine = homeserver.engine] db in
            try db.run("UPDATE rooms SET blocked_ts = \(now) WHERE room_id = \(roomID)")
            db.cache(engine.heads, roomID, nil)
        }
    }

    /// As if it had drifted to another room.
    func forgetAlias(_ alias: String) async throws {
        try await homeserver.database.write { db in
            try AliasStore(db: db).delete(RoomAlias(unchecked: alias))
        }
    }

    /// How SQLite would go about a query.
    func queryPlan(_ sql: StaticString) async throws -> String {
        try await homeserver.database.read { db in
            try db.all("EXPLAIN QUERY PLAN \(raw: sql)") { try $0.text(3) }.joined(separator: "\n")
        }
    }
}

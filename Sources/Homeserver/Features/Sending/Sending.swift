import Database
import MatrixTypes

/// Sending message events, and being sure that each is sent once.
struct Sending: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    init(database: Database, engine: RoomEngine, clock: any WallClock) {
        self.database = database
        self.engine = engine
        self.clock = clock
    }

    func addRoutes(to routes: Routes) {
        let send = SendEvent(database: database, engine: engine, clock: clock)
        routes.client.put(
            "/v3/rooms/{roomId}/send/{eventType}/{txnId}", .writing.limited(by: .sending),
            use: send.respond)
    }

    var jobs: [any Job] {
        [
            ExpiryJob(name: "client transactions", interval: .seconds(3600), database: database) {
                try TransactionStore(db: $0).deleteOld(at: $1, limit: $2)
            }
        ]
    }
}

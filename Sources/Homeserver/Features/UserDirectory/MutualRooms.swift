import Database
import Hummingbird
import MatrixTypes

/// Tells which rooms one shares with somebody.
///
/// `GET /_matrix/client/v1/mutual_rooms`
///
/// - Errors: `M_INVALID_PARAM` for oneself, or a token that is none.
/// - Spec: [Mutual rooms](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mutual_rooms)
struct MutualRooms: Feature {
    static let pageSize = 100

    let database: Database

    func addRoutes(to routes: Routes) {
        routes.client.get("/v1/mutual_rooms", use: respond)
    }

    @Sendable
    private func respond(_ request: Request, context: ClientContext) async throws -> Response {
        guard let text = context.query["user_id"] else {
            throw MatrixError.missingParameter("user_id")
        }
        let user = context.userID
        guard text != user.rawValue else {
            throw MatrixError.invalidParameter("user_id", "This is about two people.")
        }
        let from = try context.query.int("from") ?? 0
        guard let other = UserID(text) else { return answer([], count: 0, next: nil) }
        let (rooms, count) = try await database.read { db in
            let store = MembershipStore(db: db)
            return (
                try store.sharedRooms(of: user, other, offset: from, limit: Self.pageSize),
                try store.sharedRoomCount(of: user, other)
            )
        }
        let next = from + rooms.count
        return answer(rooms, count: count, next: next < count ? next : nil)
    }

    private func answer(_ rooms: [RoomID], count: Int, next: Int?) -> Response {
        .json { answer in
            answer["count"] = count
            answer["joined"] = rooms
            if let next { answer["next_batch"] = String(next) }
        }
    }
}

extension MembershipStore {
    private static let shared: SQL = """
        FROM memberships a
        JOIN memberships b ON b.room_number = a.room_number AND b.membership = 'join'
        JOIN rooms r ON r.room_number = a.room_number
        """

    func sharedRooms(of a: UserID, _ b: UserID, offset: Int, limit: Int) throws -> [RoomID] {
        try db.all(
            """
            SELECT r.room_id \(Self.shared)
            WHERE a.user_id = \(a) AND a.membership = 'join' AND b.user_id = \(b)
            ORDER BY r.room_number LIMIT \(limit) OFFSET \(offset)
            """)
    }

    func sharedRoomCount(of a: UserID, _ b: UserID) throws -> Int {
        try db.one(
            """
            SELECT count(*) \(Self.shared)
            WHERE a.user_id = \(a) AND a.membership = 'join' AND b.user_id = \(b)
            """) ?? 0
    }
}

import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Telling the administrators of what should not be.
///
/// `POST /_matrix/client/v3/rooms/{roomId}/report/{eventId}`
/// `POST /_matrix/client/v3/rooms/{roomId}/report`
/// `POST /_matrix/client/v3/users/{userId}/report`
///
/// - Errors: `M_NOT_FOUND` for an event or a room that the reporter may not see, as for one that is
///   not there. A report of a user is taken whether there is such a user or not, so that nothing is
///   learnt from it.
/// - Spec: [Reporting content](https://spec.matrix.org/v1.19/client-server-api/#reporting-content)
struct Reporting: Feature {
    static let maxReasonBytes = 4096

    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        let demands = Demands.evenSuspended.limited(by: .reporting)
        routes.client.post(
            "/v3/rooms/{roomId}/report/{eventId}", demands, use: reportEvent)
        routes.client.post("/v3/rooms/{roomId}/report", demands, use: reportRoom)
        routes.client.post("/v3/users/{userId}/report", demands, use: reportUser)
    }

    @Sendable
    private func reportEvent(_ request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let eventID = try context.eventID()
        let body = try await request.optionalJSONObject()
        guard body["score"] == nil || body["score"]?.int != nil else {
            throw MatrixError.badJSON("`score` is a whole number.")
        }
        let report = Report(
            by: context.userID, room: roomID, event: eventID, about: nil,
            reason: try reason(body), score: body["score"]?.int, at: clock.now)
        try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            _ = try timeline.visibleEvent(eventID, in: roomID, to: report.reporter)
            try ReportStore(db: db).insert(report)
        }
        return .empty
    }

    @Sendable
    private func reportRoom(_ request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let body = try await request.optionalJSONObject()
        let report = Report(
            by: context.userID, room: roomID, event: nil, about: nil, reason: try reason(body),
            score: nil, at: clock.now)
        try await database.write { [engine] db in
            guard try engine.timeline(in: db).rooms.number(of: roomID) != nil else {
                throw MatrixError.notFound("There is no such room.")
            }
            try ReportStore(db: db).insert(report)
        }
        return .empty
    }

    @Sendable
    private func reportUser(_ request: Request, context: ClientContext) async throws -> Response {
        let user = try context.user()
        let body = try await request.optionalJSONObject()
        let report = Report(
            by: context.userID, room: nil, event: nil, about: user, reason: try reason(body),
            score: nil, at: clock.now)
        try await database.write { try ReportStore(db: $0).insert(report) }
        return .empty
    }

    private func reason(_ body: JSONObject) throws -> String? {
        guard let reason = body["reason"] else { return nil }
        guard let text = reason.string, !text.utf8.contains(0) else {
            throw MatrixError.badJSON("`reason` is a text.")
        }
        guard text.utf8.count <= Self.maxReasonBytes else {
            throw MatrixError.tooLarge("A reason has \(Self.maxReasonBytes) bytes at most.")
        }
        return text
    }
}

/// What somebody reports.
struct Report: Sendable {
    let reporter: UserID
    let room: RoomID?
    let event: EventID?
    let about: UserID?
    let reason: String?
    let score: Int?
    let at: Timestamp

    init(
        by reporter: UserID, room: RoomID?, event: EventID?, about: UserID?, reason: String?,
        score: Int?, at time: Timestamp
    ) {
        self.reporter = reporter
        self.room = room
        self.event = event
        self.about = about
        self.reason = reason
        self.score = score
        at = time
    }
}

/// The table `reports`.
struct ReportStore {
    let db: Connection

    func insert(_ report: Report) throws {
        try db.run(
            """
            INSERT INTO reports
                (report_id, user_id, room_id, event_id, about_user_id, reason, score, created_ts)
            VALUES (\(db.nextPosition()), \(report.reporter), \(report.room), \(report.event),
                    \(report.about), \(report.reason), \(report.score), \(report.at))
            """)
    }
}

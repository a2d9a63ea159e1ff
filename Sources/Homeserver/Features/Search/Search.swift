import Database
import Hummingbird
import Logging
import MatrixTypes

/// Finding what was said, by its words.
///
/// - Spec: [Server Side Search](https://spec.matrix.org/v1.19/client-server-api/#server-side-search)
struct Search: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock
    let progress: SearchProgress
    let indexing: SearchIndexing

    init(database: Database, engine: RoomEngine, clock: any WallClock, logger: Logger) {
        self.database = database
        self.engine = engine
        self.clock = clock
        let progress = SearchProgress(at: database.committedPosition)
        self.progress = progress
        indexing = SearchIndexing(
            database: database, engine: engine, progress: progress, logger: logger)
        database.onCommit { progress.noteCommit($0) }
    }

    func addRoutes(to routes: Routes) {
        let search = SearchEvents(
            database: database, engine: engine, clock: clock, progress: progress)
        routes.client.post(
            "/v3/search", .evenSuspended.limited(by: .searching), use: search.respond)
    }

    var jobs: [any Job] { [SearchTidying(database: database)] }

    func run() async { await indexing.run() }
}

/// Searches the events that the requester may see.
///
/// `POST /_matrix/client/v3/search`
///
/// All words of the term have to be in the event; the last one may be unfinished. What was sent
/// before the search is found, though the index is filled after the commit: the search waits for it,
/// within bounds.
///
/// - Errors: `M_MISSING_PARAM` without categories or a term; `M_BAD_JSON`; `M_INVALID_PARAM` for an
///   order, a key, a group or a token that is none, and for a term that is too long.
/// - Spec: [POST /search](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3search)
struct SearchEvents: Sendable {
    static let maxBodyBytes = 262_144

    let database: Database
    let engine: RoomEngine
    let clock: any WallClock
    let progress: SearchProgress

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject(atMost: Self.maxBodyBytes)
        let events = try readingBody {
            try body.requiredObject("search_categories").object("room_events")
        }
        guard let events else { return .json { $0.object("search_categories") { _ in } } }
        let criteria = try SearchCriteria(from: events)
        let token = try context.query["next_batch"].flatMap { text -> SearchToken? in
            guard !text.isEmpty else { return nil }
            guard let token = SearchToken(text) else {
                throw MatrixError.invalidParameter("next_batch")
            }
            return token
        }
        await progress.waitForIndex()
        let requester = context.requester
        let now = clock.now
        let bytes = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            let page = try SearchPage(
                criteria, from: token, for: requester.userID, in: timeline)
            let answer = try SearchAnswer(
                page, to: criteria, for: requester, now: now, in: timeline)
            return try jsonBytes { body in
                try body.object("search_categories") { categories in
                    try categories.object("room_events") { try answer.write(to: &$0) }
                }
            }
        }
        return .json(bytes: bytes)
    }
}

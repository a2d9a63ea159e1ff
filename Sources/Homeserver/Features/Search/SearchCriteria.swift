import Database
import MatrixTypes

/// What a request looks for in `room_events`, and how it wants the answer.
///
/// - Spec: [POST /search](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3search)
struct SearchCriteria: Sendable {
    static let usualResults = 10
    static let mostResults = 50
    static let usualContext = 5
    static let mostContext = 20
    /// Of rooms and senders that a filter names.
    static let mostNamed = 1_000

    enum Order: String, Sendable {
        case rank
        case recent
    }
    enum Grouping: String, Sendable {
        case room = "room_id"
        case sender
    }
    struct Context: Sendable {
        let before: Int
        let after: Int
        let includesProfiles: Bool
    }

    let term: SearchTerm
    let keys: Set<SearchKey>
    let filter: EventFilter
    let order: Order
    let groupings: [Grouping]
    /// Nil: no context is asked for.
    let context: Context?
    let includesState: Bool

    var limit: Int { max(1, min(filter.limit ?? Self.usualResults, Self.mostResults)) }

    /// - Throws: `M_MISSING_PARAM` without a term; `M_BAD_JSON` where a member has not the shape it
    ///   should; `M_INVALID_PARAM` for an order, a key or a group that is none, and past the limits.
    init(from object: JSONObject) throws {
        let (term, keys, filter, order, context, state, groups) = try readingBody {
            (
                try object.requiredString("search_term"), try object.strings("keys"),
                try object.object("filter"), try object.string("order_by"),
                try object.object("event_context"), try object.bool("include_state"),
                try object.object("groupings")?.array("group_by")
            )
        }
        self.term = try SearchTerm(term)
        self.keys = try keys.map(Self.keys) ?? Set(SearchKey.allCases)
        self.filter = try EventFilter(from: filter)
        guard self.filter.rooms?.count ?? 0 <= Self.mostNamed,
            self.filter.senders?.count ?? 0 <= Self.mostNamed
        else {
            throw MatrixError.invalidParameter(
                "filter", "It may name \(Self.mostNamed) rooms and senders at most.")
        }
        guard let known = Order(rawValue: order ?? "rank") else {
            throw MatrixError.invalidParameter("order_by")
        }
        self.order = known
        self.context = try context.map(Self.context)
        includesState = state ?? false
        groupings = try (groups.map { Array($0) } ?? []).reduce(into: []) { groupings, group in
            guard let key = group["key"]?.string, let grouping = Grouping(rawValue: key) else {
                throw MatrixError.invalidParameter("group_by")
            }
            if !groupings.contains(grouping) { groupings.append(grouping) }
        }
    }

    private static func keys(_ paths: [String]) throws -> Set<SearchKey> {
        Set(
            try paths.map { path in
                guard let key = SearchKey(path: path) else {
                    throw MatrixError.invalidParameter("keys")
                }
                return key
            })
    }

    private static func context(_ object: JSONObject) throws -> Context {
        let (before, after, profiles) = try readingBody {
            (
                try object.int("before_limit") ?? usualContext,
                try object.int("after_limit") ?? usualContext,
                try object.bool("include_profile") ?? false
            )
        }
        guard before >= 0, after >= 0 else { throw MatrixError.invalidParameter("event_context") }
        return Context(
            before: min(before, mostContext), after: min(after, mostContext),
            includesProfiles: profiles)
    }

    /// What an index of one cell is asked.
    ///
    /// - Parameter sender: The one whose events alone count, beside the filter.
    func query(_ cell: SearchCell, sender: UserID?) -> TextQuery {
        let words = term.query(prefix: cell.prefix)
        let senders = sender.map { [$0] } ?? filter.senders.map { Array($0) }
        // A long list is looked through afterwards.
        guard let senders, !senders.isEmpty, senders.count <= Self.mostIndexedSenders else {
            return words
        }
        return .all([words, .any(senders.map { .word(cell.word(for: $0)) })])
    }

    private static let mostIndexedSenders = 10
}

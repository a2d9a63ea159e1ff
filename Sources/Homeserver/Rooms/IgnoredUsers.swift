import Database
import MatrixTypes
import Synchronization

/// Whom each user does not want to hear of, in memory: few have such a list, and every message asks.
///
/// Read whole once, then again for those whose account data changed.
///
/// - Spec: [Ignoring Users](https://spec.matrix.org/v1.19/client-server-api/#ignoring-users)
final class IgnoredUsers: Sendable {
    static let accountDataType = "m.ignored_user_list"

    fileprivate struct State {
        var isLoaded = false
        /// Only of those who ignore anybody.
        var lists: [UserID: Set<UserID>] = [:]
        var ignorers: [UserID: Set<UserID>] = [:]
        /// Whose list may have changed, and at which position.
        var changed: [UserID: StreamPosition] = [:]
    }

    /// More changes than this that nobody asked about, and all is read again.
    private static let mostChanges = 10_000

    private let state = Mutex(State())

    init() {}

    /// To be registered with `Database.onCommit`.
    func committed(_ group: CommittedGroup) {
        state.withLock { state in
            for case let change as Change in group.changes {
                if case .user(let user) = change.kind { state.changed[user] = change.position }
            }
            guard state.changed.count > Self.mostChanges else { return }
            state = State()
        }
    }

    /// Whom a user ignores; nil where that has to be read first.
    func list(of user: UserID) -> Set<UserID>? {
        state.withLock { state in
            guard state.isLoaded, state.changed[user] == nil else { return nil }
            return state.lists[user] ?? []
        }
    }

    /// Whom a user ignores.
    func list(of user: UserID, in db: Connection, upTo seen: StreamPosition) throws -> Set<UserID> {
        if let list = list(of: user) { return list }
        try refresh(in: db, upTo: seen)
        return state.withLock { $0.lists[user] ?? [] }
    }

    /// Who ignores a user.
    func ignorers(of user: UserID, in db: Connection, upTo seen: StreamPosition) throws
        -> Set<UserID>
    {
        let known = state.withLock {
            $0.isLoaded && $0.changed.isEmpty ? $0.ignorers[user] ?? [] : nil
        }
        if let known { return known }
        try refresh(in: db, upTo: seen)
        return state.withLock { $0.ignorers[user] ?? [] }
    }

    /// - Parameter seen: All that was committed up to there can be read.
    private func refresh(in db: Connection, upTo seen: StreamPosition) throws {
        let (isLoaded, changed) = state.withLock { ($0.isLoaded, Array($0.changed.keys)) }
        let among: SQL = isLoaded ? " AND user_id IN \(list: changed)" : ""
        let rows = try db.all(
            """
            SELECT user_id, content FROM account_data
            WHERE type = 'm.ignored_user_list'\(among)
            """
        ) { (user: try $0[0] as UserID, list: Self.list(in: try $0.blob(1))) }
        let lists = Dictionary(rows.map { ($0.user, $0.list) }, uniquingKeysWith: { $1 })
        state.withLock { state in
            for user in isLoaded ? changed : Array(lists.keys) {
                state.set(user, lists[user] ?? [])
            }
            state.isLoaded = true
            state.changed = state.changed.filter { $0.value > seen }
        }
    }

    private static func list(in content: [UInt8]) -> Set<UserID> {
        guard let users = (try? JSONObject(parsing: content))?["ignored_users"]?.object else {
            return []
        }
        return Set(users.lazy.compactMap { UserID($0.key) })
    }
}

extension IgnoredUsers.State {
    fileprivate mutating func set(_ user: UserID, _ list: Set<UserID>) {
        for ignored in lists[user] ?? [] {
            ignorers[ignored]?.remove(user)
            if ignorers[ignored]?.isEmpty == true { ignorers[ignored] = nil }
        }
        lists[user] = list.isEmpty ? nil : list
        for ignored in list { ignorers[ignored, default: []].insert(user) }
    }
}

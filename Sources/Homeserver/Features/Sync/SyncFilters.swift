import MatrixTypes
import Synchronization

/// Filters as syncs name them: by the ID under which they were stored, or whole in the query.
///
/// A client sends the same filter with every sync; it is read once.
final class SyncFilters: Sendable {
    typealias Finder = @Sendable (UserID, String) async throws -> SyncFilter

    /// Filters longer than this are read each time.
    private static let mostBytes = 4096
    private static let mostKept = 500

    private struct Key: Hashable {
        /// Nil: the text is the filter, whoever sends it.
        let user: UserID?
        let text: String
    }

    private let find: Finder
    private let known = Mutex<[Key: SyncFilter]>([:])

    init(_ find: @escaping Finder) { self.find = find }

    /// - Throws: `M_INVALID_PARAM`, `M_NOT_JSON` or `M_BAD_JSON`.
    func filter(_ text: String, of user: UserID) async throws -> SyncFilter {
        let isWhole = text.hasPrefix("{")
        let key = Key(user: isWhole ? nil : user, text: text)
        if let filter = known.withLock({ $0[key] }) { return filter }
        let filter =
            isWhole
            ? try SyncFilter(from: try parseObject(Array(text.utf8), mode: .plain))
            : try await find(user, text)
        guard text.utf8.count <= Self.mostBytes else { return filter }
        known.withLock { known in
            if known.count >= Self.mostKept { known = [:] }
            known[key] = filter
        }
        return filter
    }
}

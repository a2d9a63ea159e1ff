import Database
import MatrixTypes
import Synchronization

/// Has the index forget the words of what was taken out of it, for whoever reads the disk.
///
/// SQLite only marks a document as gone and drops its words when it next merges that part of the
/// index, which may be never. Once a day, where anything was taken out, all parts are merged.
struct SearchTidying: Job {
    let name = "search index"
    let interval = Duration.seconds(86_400)
    let database: Database
    private let begun = Begun()

    /// How many documents were gone when the merge began; nil: none goes on. In memory: after a
    /// restart it begins again, which is no harm.
    private final class Begun: Sendable {
        let erased = Mutex<Int?>(nil)
    }

    init(database: Database) { self.database = database }

    func step(at now: Timestamp) async throws -> Bool {
        let waiting = try await database.read { try SearchStore(db: $0).erased() }
        guard waiting > 0 else { return false }
        let erased = begun.erased.withLock { $0 }
        let isUnfinished = try await database.write { db in
            let more = try db.tidy(SearchStore.index, isBeginning: erased == nil)
            if !more { try SearchStore(db: db).forgetErased(erased ?? waiting) }
            return more
        }
        begun.erased.withLock { $0 = isUnfinished ? erased ?? waiting : nil }
        return isUnfinished
    }
}

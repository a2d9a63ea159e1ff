import Synchronization

/// What the writer, the readers and the callers of one database look at together.
final class SharedState: Sendable {
    private let position = Atomic<Int64>(0)
    private let caches = Mutex<[ObjectIdentifier: any Forgetful]>([:])
    private let observers = Mutex<[@Sendable (CommittedGroup) -> Void]>([])
    private let figures = Mutex(DatabaseMetrics())

    /// The highest position whose commit the caches have in full.
    var committedPosition: Int64 { position.load(ordering: .acquiring) }

    /// Called by the writer once the caches hold what was committed up to there.
    func advance(to committed: Int64) {
        position.store(committed, ordering: .releasing)
    }

    /// Makes a cache known, so that it can be told to forget.
    func register(_ cache: any Forgetful) {
        caches.withLock { _ = $0.updateValue(cache, forKey: ObjectIdentifier(cache)) }
    }

    /// Another node, process or lost connection has moved the sequence: nothing held in memory can
    /// be trusted up to there.
    func noticeOthers(at committed: Int64) {
        for cache in caches.withLock({ Array($0.values) }) { cache.forget(upTo: committed) }
        advance(to: committed)
    }

    func addObserver(_ observer: @escaping @Sendable (CommittedGroup) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    func announce(_ group: CommittedGroup) {
        for observer in observers.withLock({ $0 }) { observer(group) }
    }

    var metrics: DatabaseMetrics { figures.withLock { $0 } }

    func count(_ change: (inout DatabaseMetrics) -> Void) {
        figures.withLock { change(&$0) }
    }
}

/// What a read block may take from the shared caches, and give them.
final class ReadSnapshot {
    private let session: any Session
    private let shared: SharedState
    /// Read only by the blocks that use a cache, and from the snapshot itself, so it is exact.
    /// Nil if it cannot be read, which the block's next statement will tell.
    private lazy var position: Int64? = {
        do { return try session.position() } catch { return nil }
    }()

    init(session: any Session, shared: SharedState) {
        self.session = session
        self.shared = shared
    }

    func value<Key, Value>(_ key: Key, in cache: SharedCache<Key, Value>) -> Value? {
        // A commit that the snapshot holds and the caches do not have yet: they cannot be trusted.
        guard let position, shared.committedPosition >= position else { return nil }
        return cache.value(key, asOf: position)
    }

    func fill<Key, Value>(_ key: Key, with value: Value?, in cache: SharedCache<Key, Value>) {
        guard let value, let position else { return }
        shared.register(cache)
        cache.fill(key, with: value, asOf: position)
    }
}

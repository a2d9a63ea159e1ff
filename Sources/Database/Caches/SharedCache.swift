import Synchronization

/// Values of the database held in memory for all blocks: committed ones only.
///
/// Bounded: when full, it gives up a value that was not asked for lately. Write blocks change it
/// through `Connection.cache`, read blocks fill it the same way.
///
/// Each value carries the position of the commit that set it, or of the snapshot that it was read
/// from, so that a slow reader never puts an old value over a newer one.
package final class SharedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let contents: Mutex<ClockCache<Key, Value>>

    /// - Parameter capacity: How many values it holds at most, at least 1.
    package init(capacity: Int) {
        contents = Mutex(ClockCache(capacity: capacity))
    }

    /// The last committed value, or nil if it is not held.
    package func value(_ key: Key) -> Value? {
        contents.withLock { $0.value(key, asOf: .max) }
    }

    /// How many values it holds.
    package var count: Int {
        contents.withLock { $0.count }
    }

    /// The value as a snapshot at this position must see it, or nil if that is not known.
    func value(_ key: Key, asOf position: Int64) -> Value? {
        contents.withLock { $0.value(key, asOf: position) }
    }

    /// Takes what a snapshot at this position holds, unless a later commit touched the key.
    func fill(_ key: Key, with value: Value, asOf position: Int64) {
        contents.withLock { $0.fill(key, with: value, asOf: position) }
    }

    /// Takes what a group committed at this position has changed.
    func publish(_ values: [Key: Value?], at position: Int64) {
        contents.withLock { contents in
            for (key, value) in values {
                contents.set(key, to: value, at: position)
            }
        }
    }
}

/// A cache of any type, as far as forgetting goes.
protocol Forgetful: AnyObject, Sendable {
    /// Forgets all, since others have written up to this position.
    func forget(upTo position: Int64)
}

extension SharedCache: Forgetful {
    func forget(upTo position: Int64) {
        contents.withLock { $0.removeAll(upTo: position) }
    }
}

/// The one sequence, and what is held in memory beside the database: both go with the commit.
extension Connection {
    /// Takes the next place in the sequence of all durable changes. Write blocks only.
    ///
    /// Places ascend in the order of commits, and may have gaps. Internal numeric identifiers are
    /// taken here too.
    package func nextPosition() -> Int64 {
        let group = writeGroup
        group.position += 1
        return group.position
    }

    /// The place taken last, by this block or another before it. Write blocks only.
    package var position: Int64 { writeGroup.position }

    /// Hands a change to those who observe commits, once this block is committed. Write blocks
    /// only.
    package func announce(_ change: any Sendable) {
        writeGroup.announcements.append(change)
    }

    /// What is held in memory under a key, as this block must see it, or nil if that is not known.
    ///
    /// A write block sees what earlier blocks of its group have put there. A read block sees
    /// nothing newer than its snapshot.
    package func cached<Key, Value>(_ cache: SharedCache<Key, Value>, _ key: Key) -> Value? {
        switch scope {
        case .write(let group): group.overlay.value(key, in: cache)
        case .read(let snapshot): snapshot.value(key, in: cache)
        case .none: preconditionFailure("A connection was used outside its block.")
        }
    }

    /// Remembers a value under a key, or that it is no longer known.
    ///
    /// From a write block it reaches the shared cache after COMMIT. From a read block it is what
    /// the snapshot holds, and is kept only if no commit has changed the key since.
    package func cache<Key, Value>(
        _ cache: SharedCache<Key, Value>, _ key: Key, _ value: Value?
    ) {
        switch scope {
        case .write(let group): group.overlay.set(value, for: key, in: cache)
        case .read(let snapshot): snapshot.fill(key, with: value, in: cache)
        case .none: preconditionFailure("A connection was used outside its block.")
        }
    }

    private var writeGroup: WriteGroup {
        guard case .write(let group) = scope else {
            preconditionFailure("Only a write block changes the sequence or announces.")
        }
        return group
    }
}

/// What the blocks of a group have changed in the shared caches, before the commit.
///
/// Later blocks see it. A block that fails is cut back; with the group it is published or dropped.
final class Overlay {
    private var layers: [ObjectIdentifier: any OverlayLayer] = [:]
    /// Those that the block at hand has changed.
    private var touched: [any OverlayLayer] = []

    var isEmpty: Bool { layers.isEmpty }

    func value<Key, Value>(_ key: Key, in cache: SharedCache<Key, Value>) -> Value? {
        if let layer = known(cache), let value = layer.values[key] { return value }
        return cache.value(key)
    }

    func set<Key, Value>(_ value: Value?, for key: Key, in cache: SharedCache<Key, Value>) {
        let layer = layer(for: cache)
        if layer.undo.isEmpty { touched.append(layer) }
        layer.undo.append((key, layer.values[key]))
        layer.values[key] = .some(value)
    }

    /// The block at hand has succeeded.
    func keep() {
        for layer in touched { layer.keep() }
        touched.removeAll(keepingCapacity: true)
    }

    /// The block at hand has failed.
    func cutBack() {
        for layer in touched { layer.cutBack() }
        touched.removeAll(keepingCapacity: true)
    }

    /// Gives all to the shared caches.
    func publish(at position: Int64, into shared: SharedState) {
        for layer in layers.values { layer.publish(at: position, into: shared) }
    }

    private func layer<Key, Value>(for cache: SharedCache<Key, Value>) -> CacheLayer<Key, Value> {
        if let layer = known(cache) { return layer }
        let layer = CacheLayer(cache)
        layers[ObjectIdentifier(cache)] = layer
        return layer
    }

    /// The layer over a cache. Its types are those of the cache, which it keeps alive, so they are not
    /// asked for again: that costs more than all the rest of looking a value up.
    private func known<Key, Value>(_ cache: SharedCache<Key, Value>) -> CacheLayer<Key, Value>? {
        layers[ObjectIdentifier(cache)].map { unsafeDowncast($0, to: CacheLayer<Key, Value>.self) }
    }
}

private protocol OverlayLayer: AnyObject {
    func keep()
    func cutBack()
    func publish(at position: Int64, into shared: SharedState)
}

/// The part of an overlay that lies over one cache.
private final class CacheLayer<Key: Hashable & Sendable, Value: Sendable>: OverlayLayer {
    let cache: SharedCache<Key, Value>
    /// A nil value: the group made it unknown.
    var values: [Key: Value?] = [:]
    /// What the block at hand found before each of its changes.
    var undo: [(key: Key, before: Value??)] = []

    init(_ cache: SharedCache<Key, Value>) {
        self.cache = cache
    }

    func keep() {
        undo.removeAll(keepingCapacity: true)
    }

    func cutBack() {
        for (key, before) in undo.reversed() {
            if let before {
                values[key] = .some(before)
            } else {
                values.removeValue(forKey: key)
            }
        }
        undo.removeAll(keepingCapacity: true)
    }

    func publish(at position: Int64, into shared: SharedState) {
        guard !values.isEmpty else { return }
        shared.register(cache)
        cache.publish(values, at: position)
    }
}

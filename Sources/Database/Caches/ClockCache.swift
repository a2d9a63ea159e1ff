/// A bounded dictionary that gives up what was not asked for lately, by the clock algorithm: a hand
/// goes round, spares what was asked for since its last visit, and takes the first that was not.
struct ClockCache<Key: Hashable, Value> {
    private struct Slot {
        let key: Key
        var value: Value
        /// The position at which the value is known to be right.
        var position: Int64
        var wasUsed: Bool
    }

    private let capacity: Int
    private var slots: [Slot] = []
    private var places: [Key: Int] = [:]
    private var hand = 0
    /// No key that is absent was touched after this position. A snapshot older than that may not
    /// fill it.
    private var floor = Int64.min

    init(capacity: Int) {
        precondition(capacity > 0, "A cache that holds nothing.")
        self.capacity = capacity
    }

    var count: Int { slots.count }

    mutating func value(_ key: Key, asOf position: Int64) -> Value? {
        guard let place = places[key], slots[place].position <= position else { return nil }
        slots[place].wasUsed = true
        return slots[place].value
    }

    mutating func fill(_ key: Key, with value: Value, asOf position: Int64) {
        if let place = places[key] {
            guard slots[place].position <= position else { return }
            slots[place].value = value
            slots[place].position = position
        } else if position >= floor {
            insert(key, value, position)
        }
    }

    /// What a commit at this position made of the key; nil: no longer known.
    mutating func set(_ key: Key, to value: Value?, at position: Int64) {
        switch (places[key], value) {
        case (let place?, let value?):
            slots[place].value = value
            slots[place].position = position
        case (nil, let value?):
            insert(key, value, position)
        case (let place?, nil):
            remove(at: place)
            floor = max(floor, position)
        case (nil, nil):
            floor = max(floor, position)
        }
    }

    mutating func removeAll(upTo position: Int64) {
        slots.removeAll()
        places.removeAll()
        hand = 0
        floor = max(floor, position)
    }

    private mutating func insert(_ key: Key, _ value: Value, _ position: Int64) {
        let slot = Slot(key: key, value: value, position: position, wasUsed: false)
        guard slots.count == capacity else {
            places[key] = slots.count
            slots.append(slot)
            return
        }
        while slots[hand].wasUsed {
            slots[hand].wasUsed = false
            hand = (hand + 1) % capacity
        }
        floor = max(floor, slots[hand].position)
        places[slots[hand].key] = nil
        places[key] = hand
        slots[hand] = slot
        hand = (hand + 1) % capacity
    }

    /// Fills the hole with the last slot.
    private mutating func remove(at place: Int) {
        places[slots[place].key] = nil
        let last = slots.removeLast()
        if place < slots.count {
            slots[place] = last
            places[last.key] = place
        }
        if hand >= slots.count { hand = 0 }
    }
}

/// How much power a user has in a room.
package enum PowerLevel: Hashable, Comparable, Sendable {
    case finite(Int)
    /// Of the creators, since v12: above every level that can be written down.
    case infinite

    /// Nil when it is infinite.
    package var value: Int? {
        switch self {
        case .finite(let value): value
        case .infinite: nil
        }
    }

    package static func >= (level: PowerLevel, needed: Int) -> Bool { level >= .finite(needed) }
    package static func < (level: PowerLevel, needed: Int) -> Bool { level < .finite(needed) }
    package static func > (level: Int, other: PowerLevel) -> Bool { .finite(level) > other }
    package static func >= (level: Int, other: PowerLevel) -> Bool { .finite(level) >= other }
}

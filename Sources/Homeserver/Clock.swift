import Foundation
import MatrixTypes

/// The time of day, as an argument: tests stop it and move it.
protocol WallClock: Sendable {
    var now: Timestamp { get }
}

struct SystemClock: WallClock {
    init() {}
    var now: Timestamp {
        Timestamp(rawValue: Int64(Date().timeIntervalSince1970 * 1000))
    }
}

/// A point in time: milliseconds since the Unix epoch, as on the wire.
package struct Timestamp: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int64

    package init(rawValue: Int64) { self.rawValue = rawValue }
    package init(_ milliseconds: Int64) { rawValue = milliseconds }
    package init(_ milliseconds: Int) { rawValue = Int64(milliseconds) }

    /// Stops at the ends of what can be represented, since times come from others.
    package static func + (time: Timestamp, duration: Duration) -> Timestamp {
        let (sum, overflows) = time.rawValue.addingReportingOverflow(duration.milliseconds)
        return Timestamp(overflows ? (duration < .zero ? .min : .max) : sum)
    }

    package static func - (time: Timestamp, duration: Duration) -> Timestamp {
        let (difference, overflows) =
            time.rawValue.subtractingReportingOverflow(duration.milliseconds)
        return Timestamp(overflows ? (duration < .zero ? .max : .min) : difference)
    }

    package static func - (end: Timestamp, start: Timestamp) -> Duration {
        .milliseconds(end.rawValue) - .milliseconds(start.rawValue)
    }

    package static func += (time: inout Timestamp, duration: Duration) { time = time + duration }
    package static func -= (time: inout Timestamp, duration: Duration) { time = time - duration }
}

extension Timestamp: Comparable {
    package static func < (a: Timestamp, b: Timestamp) -> Bool { a.rawValue < b.rawValue }
}

extension Timestamp: CustomStringConvertible {
    package var description: String { String(rawValue) }
}

extension Timestamp: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.int(rawValue) }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero; at most what fits in 64 bits.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflows else { return seconds < 0 ? .min : .max }
        let (sum, isTooMuch) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return isTooMuch ? (seconds < 0 ? .min : .max) : sum
    }
}

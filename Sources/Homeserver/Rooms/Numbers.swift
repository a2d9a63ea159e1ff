import Database
import MatrixTypes

/// A place in the one sequence of everything that a client can be told of.
struct StreamPosition: RawRepresentable, Hashable, Comparable, Sendable, SQLConvertible {
    let rawValue: Int64
    init(rawValue: Int64) { self.rawValue = rawValue }
    static let start = StreamPosition(rawValue: 0)
    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A room inside this server: the position at which it came to be known.
struct RoomNumber: RawRepresentable, Hashable, Sendable, SQLConvertible {
    let rawValue: Int64
    init(rawValue: Int64) { self.rawValue = rawValue }
}

extension StateGroup: SQLConvertible {}

// What stands in columns, as the database has it. Read without a check of the grammar: it was
// checked when it was written.

extension SQLConvertible where Self: Identifier {
    var sqlValue: SQLValue { .text(rawValue) }
    init(sqlValue: SQLValue) throws {
        self.init(unchecked: try String(sqlValue: sqlValue))
    }
}

extension UserID: SQLConvertible {}
extension RoomID: SQLConvertible {}
extension EventID: SQLConvertible {}
extension RoomAlias: SQLConvertible {}
extension DeviceID: SQLConvertible {}
extension ServerName: SQLConvertible {}
extension MXCURI: SQLConvertible {}
extension EventType: SQLConvertible {}
extension RoomVersion: SQLConvertible {}
extension Membership: SQLConvertible {}
extension Timestamp: SQLConvertible {}

/// A list of positions as one column: eight bytes each.
struct PositionList {
    static func encode(_ positions: [StreamPosition]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * positions.count)
        for position in positions {
            withUnsafeBytes(of: position.rawValue.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [StreamPosition] {
        bytes.withUnsafeBytes { buffer in
            stride(from: 0, to: buffer.count - buffer.count % 8, by: 8).map {
                StreamPosition(
                    rawValue: Int64(
                        bigEndian: buffer.loadUnaligned(fromByteOffset: $0, as: Int64.self)))
            }
        }
    }
}

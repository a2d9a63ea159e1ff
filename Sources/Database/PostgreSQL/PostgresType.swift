import CPostgres

/// The types of PostgreSQL that we meet, and their binary forms, which are big-endian.
enum PostgresType {
    static let unknown: Oid = 0
    static let bool: Oid = 16
    static let bytes: Oid = 17
    static let name: Oid = 19
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let float4: Oid = 700
    static let float8: Oid = 701
    static let char: Oid = 1042
    static let varchar: Oid = 1043
    static let numeric: Oid = 1700
    static let void: Oid = 2278

    /// The type as which a value is bound. NULL takes the one that its place suggests.
    static func of(_ value: SQLValue) -> Oid {
        switch value {
        case .null: unknown
        case .int: int8
        case .real: float8
        case .text: text
        case .blob: bytes
        }
    }

    static func decode(_ bytes: UnsafeRawBufferPointer, _ type: Oid) throws -> SQLValue {
        switch type {
        case int8: return .int(try integer(bytes, as: Int64.self))
        case int4: return .int(Int64(try integer(bytes, as: Int32.self)))
        case int2: return .int(Int64(try integer(bytes, as: Int16.self)))
        case bool: return .int(bytes.first == 0 ? 0 : 1)
        case text, varchar, name, char: return .text(String(decoding: bytes, as: UTF8.self))
        case self.bytes: return .blob([UInt8](bytes))
        case float8: return .real(Double(bitPattern: try integer(bytes, as: UInt64.self)))
        case float4: return .real(Double(Float(bitPattern: try integer(bytes, as: UInt32.self))))
        case numeric: return try decodeNumeric(bytes)
        case void: return .null
        default: throw DatabaseError.unexpectedValue("PostgreSQL's type \(type).")
        }
    }

    private static func integer<Value: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, as type: Value.Type
    ) throws -> Value {
        guard bytes.count >= MemoryLayout<Value>.size else {
            throw DatabaseError.unexpectedValue("A \(type) of \(bytes.count) bytes.")
        }
        return Value(bigEndian: bytes.loadUnaligned(as: Value.self))
    }

    /// What `SUM` gives of 64-bit integers: digits of base 10,000, the first with the power
    /// `weight`.
    private static func decodeNumeric(_ bytes: UnsafeRawBufferPointer) throws -> SQLValue {
        func word(_ index: Int) throws -> Int16 {
            guard bytes.count >= index * 2 + 2 else {
                throw DatabaseError.unexpectedValue("A numeric of \(bytes.count) bytes.")
            }
            return try integer(
                UnsafeRawBufferPointer(rebasing: bytes[(index * 2)...]), as: Int16.self)
        }
        let count = Int(try word(0))
        let weight = Int(try word(1))
        let sign = try word(2)
        let fraction = try word(3)
        guard sign == 0 || sign == 0x4000 else {
            throw DatabaseError.unexpectedValue("A numeric that is no number.")
        }
        if fraction == 0 {
            var whole: Int64 = 0
            for index in 0...max(weight, 0) {
                let digit = index < count && weight >= 0 ? Int64(try word(4 + index)) : 0
                // Negative all along, since the least integer has no positive.
                let (product, overflows) = whole.multipliedReportingOverflow(by: 10_000)
                let (difference, underflows) = product.subtractingReportingOverflow(digit)
                guard !overflows, !underflows else {
                    throw DatabaseError.unexpectedValue("A sum beyond 64 bits.")
                }
                whole = difference
            }
            if sign != 0 { return .int(whole) }
            guard whole != .min else {
                throw DatabaseError.unexpectedValue("A sum beyond 64 bits.")
            }
            return .int(-whole)
        }
        var real = 0.0
        for index in 0..<count { real = real * 10_000 + Double(try word(4 + index)) }
        for _ in 0..<max(count - 1 - weight, 0) { real /= 10_000 }
        for _ in 0..<max(weight + 1 - count, 0) { real *= 10_000 }
        return .real(sign == 0 ? real : -real)
    }
}

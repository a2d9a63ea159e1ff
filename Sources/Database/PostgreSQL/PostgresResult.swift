enum PostgresResult {
    static func value(of result: OpaquePointer, row: Int32, column: Int32) throws -> SQLValue {
        throw DatabaseError.unusable("Not yet.")
    }
}

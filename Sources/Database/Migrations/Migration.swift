/// One step of the schema, forward only.
///
/// Its statements are written once: `BIGINT`, `SMALLINT`, `TEXT`, `BLOB` and `DOUBLE PRECISION` are
/// respelled for each engine, every table of SQLite is `STRICT`, and `WITHOUT ROWID` is dropped on
/// PostgreSQL, where text is compared byte by byte as on SQLite.
///
/// No constraint is `DEFERRABLE`: one found broken at COMMIT would fail all blocks of the group.
package struct Migration: Sendable {
    /// Its number and what it makes: `0002 client_transactions`. Its identity for ever.
    package let name: String
    let statements: [String]

    package init(_ name: String, @Statements _ statements: () -> [String]) {
        self.name = name
        self.statements = statements()
    }

    /// Collects the statements of a migration, one literal for each.
    @resultBuilder
    package enum Statements {
        package static func buildExpression(_ statement: String) -> [String] { [statement] }
        package static func buildExpression(_ statements: [String]) -> [String] { statements }
        package static func buildBlock(_ parts: [String]...) -> [String] { parts.flatMap { $0 } }
        package static func buildArray(_ parts: [[String]]) -> [String] { parts.flatMap { $0 } }
        package static func buildOptional(_ part: [String]?) -> [String] { part ?? [] }
        package static func buildEither(first part: [String]) -> [String] { part }
        package static func buildEither(second part: [String]) -> [String] { part }
    }
}

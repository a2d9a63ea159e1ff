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
    let statements: [Statement]

    package init(_ name: String, @Statements _ statements: () -> [Statement]) {
        self.name = name
        self.statements = statements()
    }

    /// One statement, or one for each engine where they differ by nature.
    package struct Statement: Sendable {
        let sqlite: String
        let postgres: String

        init(sqlite: String, postgres: String) {
            self.sqlite = sqlite
            self.postgres = postgres
        }

        /// As the engine spells it.
        func text(for engine: Engine) -> String {
            Dialect(engine: engine).respell(engine == .sqlite ? sqlite : postgres)
        }
    }

    /// Collects the statements of a migration, one literal for each.
    @resultBuilder
    package enum Statements {
        package static func buildExpression(_ statement: String) -> [Statement] {
            [Statement(sqlite: statement, postgres: statement)]
        }
        package static func buildExpression(_ statements: [Statement]) -> [Statement] { statements }
        package static func buildBlock(_ parts: [Statement]...) -> [Statement] {
            parts.flatMap { $0 }
        }
        package static func buildArray(_ parts: [[Statement]]) -> [Statement] {
            parts.flatMap { $0 }
        }
        package static func buildOptional(_ part: [Statement]?) -> [Statement] { part ?? [] }
        package static func buildEither(first part: [Statement]) -> [Statement] { part }
        package static func buildEither(second part: [Statement]) -> [Statement] { part }
    }
}

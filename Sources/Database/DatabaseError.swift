/// Why the database did not do what was asked.
///
/// The texts come from the engine or from us. They name tables and constraints, never values.
@usableFromInline
package enum DatabaseError: Error, Equatable {
    /// A row would have broken what the schema says.
    case constraint(Constraint, String)
    /// No space is left. Nothing was written; writing works again when there is space.
    case full(String)
    /// The disk or the file system failed.
    case io(String)
    /// The database's own file is damaged.
    case corrupt(String)
    /// Another process held the database for too long. Nothing was written.
    case busy(String)
    /// There is no connection, or it was lost before COMMIT. Nothing was written.
    case disconnected(String)
    /// The engine undid the transaction because of another one. Nothing was written.
    case conflict(String)
    /// The connection was lost during COMMIT, and it could not be learnt how that ended.
    case unknownOutcome(String)
    /// Too many blocks are waiting already. The block did not run.
    case overloaded
    /// The database is closed, or closing. The block did not run.
    case closed
    /// A column holds another type than the one asked for.
    case unexpectedValue(String)
    /// The statement is wrong, or asks for what the engine cannot do.
    case statement(code: String, String)
    /// The database cannot be used as it is: wrong settings, or a schema newer than this program.
    case unusable(String)

    @usableFromInline
    package enum Constraint: Equatable, Sendable {
        case unique, foreignKey, notNull, check, other
    }

    @usableFromInline
    static func unexpected(_ value: SQLValue, for type: Any.Type) -> DatabaseError {
        .unexpectedValue("Expected \(type), found \(value.typeName).")
    }

    /// Whether the transaction may succeed when it is tried again.
    var isTransient: Bool {
        switch self {
        case .busy, .disconnected, .conflict: true
        default: false
        }
    }
}

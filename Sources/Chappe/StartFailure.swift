import ArgumentParser
import Database
import Foundation

/// Ends a command with one line that says what is wrong and what to do.
enum StartFailure {
    /// What is decided, or what lies in the data folder, is not usable.
    static func configuration(_ sentence: String) -> ExitCode {
        Terminal.complain(sentence)
        return ExitCode(78)
    }

    /// Something that is needed is not there now.
    static func unavailable(_ sentence: String) -> ExitCode {
        Terminal.complain(sentence)
        return ExitCode(69)
    }

    /// Runs what opens the database, and says what may be done where that fails.
    static func explained<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DatabaseError {
            throw explain(error)
        }
    }

    private static func explain(_ error: DatabaseError) -> ExitCode {
        switch error {
        case .disconnected(let reason):
            unavailable("The database cannot be reached: \(oneLine(reason))")
        case .unusable(let reason): configuration("The database cannot be used. \(reason)")
        case .corrupt(let reason):
            unavailable(
                "The database is damaged (\(oneLine(reason))): put back a backup with "
                    + "`chappe restore`.")
        case .full: unavailable("The disk is full: make room in the data folder.")
        case .io(let reason):
            unavailable(
                "The database cannot be opened (\(oneLine(reason))): look at the rights of the "
                    + "data folder and at the disk.")
        case .busy: unavailable("Another program holds the database: stop it first.")
        default: unavailable("The database cannot be opened: \(error)")
        }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(500)
            .trimmingCharacters(in: .whitespaces)
    }
}

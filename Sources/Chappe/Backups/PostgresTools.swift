import Foundation
import Glibc

/// PostgreSQL's own programs for backups, run on the site's database.
///
/// The password goes to them by the environment: what is on the command line every user can see.
struct PostgresTools {
    /// `postgres://…`, perhaps with a password.
    let url: String

    /// Writes all of the database to a file, as of one snapshot.
    func dump(to file: String) throws {
        try run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", "--file=\(file)"])
    }

    /// Makes in an empty database what a dump holds: all of it or nothing.
    func restore(from file: String) throws {
        try run(
            "pg_restore",
            ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", file])
    }

    private func run(_ name: String, _ arguments: [String]) throws {
        guard let program = Self.find(name) else {
            throw StartFailure.unavailable(
                "\(name) is not there: install the package postgresql-client of the version that "
                    + "the server has.")
        }
        var parts = URLComponents(string: url)
        let password = parts?.password
        parts?.password = nil
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments + ["--dbname=\(parts?.string ?? url)"]
        if let password {
            process.environment = ProcessInfo.processInfo.environment
                .merging(["PGPASSWORD": password]) { $1 }
        }
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let first = String(decoding: said.prefix(2000), as: UTF8.self)
                .split(separator: "\n").first.map(String.init)
            throw StartFailure.unavailable(first ?? "\(name) failed, and did not say why.")
        }
    }

    private static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { access($0, X_OK) == 0 }
    }
}

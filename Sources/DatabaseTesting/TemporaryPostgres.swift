package import Database
import Foundation
import Synchronization

/// A PostgreSQL server of this test run: in a temporary folder, reached by a socket in it.
///
/// One serves all tests, each in a schema of its own. It ends with the process, however that ends.
package final class TemporaryPostgres: Sendable {
    /// Debian's PostgreSQL 15.
    private static let binaries = "/usr/lib/postgresql/15/bin"

    private static let starting = Task { try TemporaryPostgres() }

    private let folder: String
    private let process: Process
    /// The server lives until this is closed, and the system closes it with the process.
    private let lifeline: Pipe
    private let schemas = Atomic<Int>(0)

    package static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: "\(binaries)/postgres")
    }

    /// A new, empty place on the server, which is started first if need be.
    package static func location() async throws -> DatabaseLocation {
        .postgres(try await starting.value.makeSchema())
    }

    private init() throws {
        let output = Pipe()
        lifeline = Pipe()
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", Self.script, "sh", Self.binaries]
        process.standardInput = lifeline
        process.standardOutput = output
        try process.run()
        // One line: where it listens. Nothing, if it did not start.
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A {
            line.append(byte)
        }
        folder = String(decoding: line, as: UTF8.self)
        guard !folder.isEmpty else { throw Failure.serverDidNotStart }
    }

    /// Makes the server, waits for its end to be due, ends it by its process number, tidies up.
    ///
    /// Without `fsync`, since no test of ours cuts the power of the server.
    private static let script = """
        umask 077
        [ -w /dev/shm ] && parent=/dev/shm || parent=${TMPDIR:-/tmp}
        folder=$(mktemp -d "$parent/chappe-postgres-XXXXXX") || exit 1
        as=
        if [ "$(id -u)" = 0 ]; then
            chown postgres "$folder"
            as="runuser -u postgres --"
        fi
        cd "$folder"
        $as "$1/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 \\
            --locale=C --no-sync --no-instructions >"$folder/log" 2>&1 || exit 1
        $as "$1/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off \\
            -c max_connections=1000 -c shared_buffers=32MB -c autovacuum=off \\
            >>"$folder/log" 2>&1 </dev/null &
        tries=0
        until "$1/pg_isready" -q -h "$folder"; do
            tries=$((tries + 1))
            [ $tries -lt 200 ] || break
            sleep 0.05
        done
        [ $tries -lt 200 ] && echo "$folder"
        exec >&-
        read -r _
        kill -QUIT "$(head -n 1 "$folder/data/postmaster.pid")"
        wait
        rm -rf "$folder"
        """

    private func makeSchema() throws -> String {
        let number = schemas.add(1, ordering: .relaxed).newValue
        try query("CREATE SCHEMA t\(number)")
        return "host=\(folder) user=postgres dbname=postgres options='-c search_path=t\(number)'"
    }

    private func query(_ statement: String) throws {
        let psql = Process()
        psql.executableURL = URL(fileURLWithPath: "\(Self.binaries)/psql")
        psql.arguments = ["-qX", "-h", folder, "-U", "postgres", "-c", statement]
        try psql.run()
        psql.waitUntilExit()
        guard psql.terminationStatus == 0 else { throw Failure.statement(statement) }
    }

    private enum Failure: Error {
        case serverDidNotStart
        case statement(String)
    }
}

package import Database
import Foundation
import Synchronization

/// A PostgreSQL server of this test run: in a temporary folder, reached by a socket in it.
///
/// One serves all tests, each in a schema of its own. It ends with the process, however that ends.
package final class TemporaryPostgres: Sendable {
    /// Debian's PostgreSQL 15.
    private static let binaries = "/usr/lib/postgresql/15/bin"
    /// Schemas made at a time.
    private static let batch = 200

    private static let starting = Task { try TemporaryPostgres() }

    private let folder: String
    private let keeper: Mutex<Keeper>

    package static var isInstalled: Bool {
        FileManager.default.isExecutableFile(atPath: "\(binaries)/postgres")
    }

    /// A new, empty place on the server, which is started first if need be.
    package static func location() async throws -> DatabaseLocation {
        let server = try await starting.value
        let number = try server.takeSchema()
        let path = "options='-c search_path=t\(number)'"
        return .postgres("host=\(server.folder) user=postgres dbname=postgres \(path)")
    }

    private init() throws {
        let keeper = try Keeper(Self.script, Self.binaries)
        folder = try keeper.answer()
        self.keeper = Mutex(keeper)
    }

    private func takeSchema() throws -> Int {
        try keeper.withLock { keeper in
            let number = keeper.schemas
            if number.isMultiple(of: Self.batch) {
                try keeper.ask("\(number) \(number + Self.batch - 1)")
                _ = try keeper.answer()
            }
            keeper.schemas += 1
            return number
        }
    }

    /// Makes the server, makes schemas when asked to, and when its input ends, ends the server by
    /// its process number and tidies up.
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
        while read -r first last; do
            seq -f 'CREATE SCHEMA t%.0f;' "$first" "$last" |
                "$1/psql" -qX1 -h "$folder" -U postgres >>"$folder/log" 2>&1 && echo made
        done
        kill -QUIT "$(head -n 1 "$folder/data/postmaster.pid")"
        wait
        rm -rf "$folder"
        """
}

/// The shell that keeps the server. The system closes its input with our process.
private struct Keeper {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    /// How many are taken.
    var schemas = 0

    init(_ script: String, _ argument: String) throws {
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script, "sh", argument]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    func ask(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Array((line + "\n").utf8))
    }

    func answer() throws -> String {
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            if byte == 0x0A { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        throw Failure.serverHasEnded
    }

    private enum Failure: Error {
        case serverHasEnded
    }
}

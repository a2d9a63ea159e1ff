import ArgumentParser
import Database
import Foundation
import Glibc
import HTTPTypes
import Homeserver
import Hummingbird
import Logging
import MatrixTypes
import NIOCore
import Synchronization

/// What a command asks the server: over the socket of the one that runs on the data folder, or of one
/// inside the command, where none runs.
///
/// Either way the server does the work, with its own checks, caches and announcements.
struct Console {
    /// What came back.
    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    private enum Server {
        case running(ConsoleSocket)
        case ours(Homeserver, DataFolder)
    }

    private let server: Server

    /// Runs `body` with a console on the site's server.
    ///
    /// - Throws: Exit code 69 or 78, with a line that says why, where there is no reaching it.
    static func with<Value>(
        _ site: Site, _ body: (Console) async throws -> Value
    ) async throws -> Value {
        guard FileManager.default.fileExists(atPath: site.dataFolder) else {
            throw StartFailure.configuration(
                "The data folder \(site.dataFolder) is not there: has the server ever run with it?")
        }
        // A server that starts or stops has the folder, and no socket.
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            if let socket = try ConsoleSocket(dataFolder: site.dataFolder) {
                return try await body(Console(server: .running(socket)))
            }
            if let folder = try DataFolder.take(site.dataFolder) {
                try folder.refuseHalfRestored()
                return try await withOurs(site, folder, body)
            }
            guard ContinuousClock.now < deadline else {
                throw StartFailure.unavailable(
                    "A server uses \(site.dataFolder) and does not answer: see its log.")
            }
            usleep(100_000)
        }
    }

    private static func withOurs<Value>(
        _ site: Site, _ folder: DataFolder, _ body: (Console) async throws -> Value
    ) async throws -> Value {
        umask(0o077)
        var logger = Logger(label: "chappe", factory: JSONLines.init)
        logger.logLevel = .warning
        let key = try SigningKeyFile(path: site.signingKeyFile).read()
        let homeserver = try await StartFailure.explained {
            try await Homeserver(site.configuration, key: key, logger: logger)
        }
        do {
            let value = try await body(Console(server: .ours(homeserver, folder)))
            await homeserver.database.close()
            return value
        } catch {
            await homeserver.database.close()
            throw error
        }
    }

    /// - Returns: The answer as a JSON object.
    /// - Throws: Exit code 1, with what the server says, where it refuses.
    func ask(
        _ method: HTTPRequest.Method, _ path: String,
        _ write: ((inout JSONObjectWriter) -> Void)? = nil
    ) async throws -> JSONObject {
        let body = write.map { jsonBytes($0) } ?? []
        let answer =
            switch server {
            case .running(let socket): try socket.ask(method.rawValue, path, body)
            case .ours(let homeserver, _): try await ask(homeserver, method, path, body)
            }
        guard let object = (try? JSON(parsing: answer.body))?.object else {
            throw StartFailure.unavailable("The server gave an answer that cannot be read.")
        }
        guard answer.status == 200 else {
            Terminal.complain(object["error"]?.string ?? "The server refused, and did not say why.")
            throw ExitCode(1)
        }
        return object
    }

    private func ask(
        _ homeserver: Homeserver, _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8]
    ) async throws -> Answer {
        let head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
        let context = EdgeContext(
            address: "", logger: Logger(label: "chappe", factory: JSONLines.init))
        let response = try await homeserver.console.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))),
            context: context)
        let collected = CollectedBody()
        try await response.body.write(collected)
        return Answer(status: response.status.code, body: collected.bytes)
    }
}

/// The body of an answer, in memory.
private final class CollectedBody: ResponseBodyWriter, Sendable {
    private let parts = Mutex<[UInt8]>([])
    var bytes: [UInt8] { parts.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        parts.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

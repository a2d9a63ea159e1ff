import Database
import Foundation
package import HTTPTypes
package import Hummingbird
import Logging
import MatrixSigning
package import MatrixTypes
import NIOCore
import Synchronization

@testable package import Homeserver

/// The database engines that every feature is tested on.
package enum TestEngine: String, CaseIterable, Sendable {
    case sqlite
    case postgres
}

/// A clock that stands still until a test moves it.
package final class TestClock: WallClock, Sendable {
    private let time = Mutex(Timestamp(rawValue: 1_767_225_600_000))

    package init() {}
    package var now: Timestamp { time.withLock { $0 } }
    package func advance(by duration: Duration) { time.withLock { $0 += duration } }
}

/// A whole homeserver in this process, asked through its router, with a database of its own.
package final class TestServer: Sendable {
    package let homeserver: Homeserver
    package let clock: TestClock
    package let serverName: ServerName
    /// Where the server keeps what is not in the database; gone at the end of the test.
    package let dataFolder: String
    private let background: Task<Void, Never>

    /// Runs a test against a new server, and ends it afterwards.
    ///
    /// - Parameter change: What the test wants other than usual.
    package static func run(
        on engine: TestEngine = .sqlite, name: String = "culture.example",
        _ change: (inout Configuration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let location = try await TestDatabases.location(of: engine)
        try await run(on: location, name: name, boot: 1, change, body)
    }

    /// Runs a test against a new server, ends it, and goes on with another one on the same database.
    package static func runTwice<Kept>(
        on engine: TestEngine, name: String = "culture.example",
        first: (TestServer) async throws -> Kept,
        then second: (TestServer, Kept) async throws -> Void
    ) async throws {
        let location = try await TestDatabases.lastingLocation(of: engine)
        let kept = try await run(on: location, name: name, boot: 1, { _ in }, first)
        try await run(on: location, name: name, boot: 2, { _ in }) { try await second($0, kept) }
    }

    private static func run<Value>(
        on location: DatabaseLocation, name: String, boot: Int64,
        _ change: (inout Configuration) -> Void, _ body: (TestServer) async throws -> Value
    ) async throws -> Value {
        let server = try await TestServer(location, name: name, boot: boot, change)
        do {
            let value = try await body(server)
            await server.end()
            return value
        } catch {
            await server.end()
            throw error
        }
    }

    private init(
        _ location: DatabaseLocation, name: String, boot: Int64,
        _ change: (inout Configuration) -> Void
    ) async throws {
        serverName = ServerName(unchecked: name)
        clock = TestClock()
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("chappe-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        dataFolder = folder
        var configuration = Configuration(
            serverName: serverName, dataFolder: folder, database: location)
        configuration.hasOpenRegistration = true
        configuration.hasRateLimits = false
        configuration.passwordCost.memoryKiB = 8
        configuration.passwordCost.passes = 1
        change(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .error
        homeserver = try await Homeserver(
            configuration, key: SigningKey.generate(), clock: clock, boot: boot, logger: logger)
        background = Task { [homeserver] in await homeserver.runFeatures() }
    }

    private func end() async {
        background.cancel()
        await background.value
        await homeserver.database.close()
        // What cannot be removed is in the system's folder for temporary files.
        try? FileManager.default.removeItem(atPath: dataFolder)
    }

    /// A client without a session.
    package var stranger: TestClient { TestClient(server: self, token: nil, userID: nil) }

    /// Whoever runs the server, as the commands ask it.
    package var console: TestClient {
        TestClient(server: self, token: nil, userID: nil, isConsole: true)
    }

    /// Registers a person and gives a client with their session.
    package func register(_ name: String, password: String = "motdepasse-1") async throws
        -> TestClient
    {
        let answer = try await stranger.post(
            "/_matrix/client/v3/register",
            """
            {"username": "\(name)", "password": "\(password)", "auth": {"type": "m.login.dummy"}}
            """)
        return TestClient(
            server: self, token: try answer.string("access_token"),
            userID: UserID(unchecked: try answer.string("user_id")))
    }

    /// How many rows a table has.
    package func count(_ table: StaticString) async throws -> Int {
        try await homeserver.database.read { db in
            try db.one("SELECT count(*) FROM \(raw: table)") ?? 0
        }
    }
}

/// Somebody who asks the server, with or without a session.
package struct TestClient: Sendable {
    package let server: TestServer
    package let token: String?
    package let userID: UserID?
    let isConsole: Bool

    package init(server: TestServer, token: String?, userID: UserID?, isConsole: Bool = false) {
        self.isConsole = isConsole
        self.server = server
        self.token = token
        self.userID = userID
    }

    /// The same session with another run of the server.
    package func on(_ server: TestServer) -> TestClient {
        TestClient(server: server, token: token, userID: userID)
    }

    package func get(_ path: String) async throws -> TestAnswer { try await ask(.get, path) }
    package func put(_ path: String, _ body: String = "{}") async throws -> TestAnswer {
        try await ask(.put, path, Array(body.utf8))
    }
    package func post(_ path: String, _ body: String = "{}") async throws -> TestAnswer {
        try await ask(.post, path, Array(body.utf8))
    }
    package func delete(_ path: String, _ body: String = "") async throws -> TestAnswer {
        try await ask(.delete, path, Array(body.utf8))
    }

    package func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8] = [],
        headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        var head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
        if let token { head.headerFields[.authorization] = "Bearer \(token)" }
        if !body.isEmpty { head.headerFields[.contentLength] = String(body.count) }
        for (name, value) in headers {
            if let field = HTTPField.Name(name) { head.headerFields[field] = value }
        }
        return try await ask(
            Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body))))
    }

    /// Asks with a request that a test has made itself.
    package func ask(_ request: Request) async throws -> TestAnswer {
        let context = EdgeContext(address: "127.0.0.1", logger: Logger(label: "test"))
        let edge = isConsole ? server.homeserver.console : server.homeserver.edge
        let response = try await edge.respond(to: request, context: context)
        let collector = BodyCollector()
        try await response.body.write(collector)
        return TestAnswer(
            status: response.status.code, headers: response.headers, body: collector.bytes)
    }

    /// Makes a room and gives its ID, percent-encoded for paths.
    @discardableResult
    package func createRoom(_ body: String = #"{"preset": "public_chat"}"#) async throws -> String {
        try await post("/_matrix/client/v3/createRoom", body).string("room_id")
    }

    /// Sends a text message and gives its event ID.
    @discardableResult
    package func say(_ text: String, in room: String, txn: String = UUID().uuidString) async throws
        -> String
    {
        let body = String(
            decoding: jsonBytes {
                $0["msgtype"] = "m.text"
                $0["body"] = text
            }, as: UTF8.self)
        return try await put(
            "/_matrix/client/v3/rooms/\(pathComponent(room))/send/m.room.message/\(txn)", body
        ).string("event_id")
    }

    @discardableResult
    package func join(_ room: String) async throws -> TestAnswer {
        try await post("/_matrix/client/v3/join/\(pathComponent(room))")
    }

    /// Syncs at once.
    package func sync(since: String? = nil, _ query: String = "timeout=0") async throws
        -> TestAnswer
    {
        try await get(
            "/_matrix/client/v3/sync?\(query)" + (since.map { "&since=\($0)" } ?? ""))
    }
}

/// What came back.
package struct TestAnswer: Sendable {
    package let status: Int
    package let headers: HTTPFields
    package let body: [UInt8]

    package struct NotThere: Error, CustomStringConvertible {
        package let description: String
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON.
    package var json: JSON {
        get throws { try JSON(parsing: body) }
    }

    /// A value by its path: `answer["rooms", "join", id]`.
    package subscript(path: String...) -> JSON? {
        var value = try? JSON(parsing: body)
        for name in path { value = value?[name] }
        return value
    }

    package func string(_ name: String) throws -> String {
        guard let value = self[name]?.string else {
            throw NotThere(description: "no \(name) in \(status) \(text)")
        }
        return value
    }

    package var errcode: String? { self["errcode"]?.string }
}

/// A component of a path, percent-encoded.
package func pathComponent(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
}

private final class BodyCollector: ResponseBodyWriter, Sendable {
    private let collected = Mutex<[UInt8]>([])
    var bytes: [UInt8] { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        collected.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

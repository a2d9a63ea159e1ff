import HTTPTypes
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct ReservedMediaTests {
    @Test("A media ID is made first and uploaded to later", arguments: TestEngine.allCases)
    func later(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let made = try await amelie.post("/_matrix/media/v1/create")
            let expiry = try #require(made["unused_expires_at"]?.int)
            #expect(Int64(expiry) == server.clock.now.rawValue + 86_400_000)
            let media = String(try made.string("content_uri").dropFirst(6))

            let early = try await amelie.download(media + "?timeout_ms=0")
            #expect(early.status == 504)
            #expect(early.errcode == "M_NOT_YET_UPLOADED")
            let filled = try await amelie.fill(media, Array("bonjour".utf8))
            #expect(filled.status == 200)
            #expect(filled.text == "{}")
            let answer = try await amelie.download(media)
            #expect(answer.text == "bonjour")
            #expect(answer.headers[.contentType] == "text/plain")
        }
    }

    @Test("Who asks too early gets the file when it comes", arguments: TestEngine.allCases)
    func waiting(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let media = try await amelie.reserveMedia()
            async let answer = basile.download(media + "?timeout_ms=30000")
            _ = try await amelie.fill(media, Array("enfin".utf8))
            #expect(try await answer.text == "enfin")
        }
    }

    @Test("Nobody else uploads to it", arguments: TestEngine.allCases)
    func somebodyElse(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let media = try await amelie.reserveMedia()
            let refused = try await basile.fill(media, [1])
            #expect(refused.status == 403)
            #expect(refused.errcode == "M_FORBIDDEN")
            #expect(server.mediaFiles.isEmpty)
            #expect(try await amelie.fill(media, [1]).status == 200)
        }
    }

    @Test("It is uploaded to once", arguments: TestEngine.allCases)
    func once(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.reserveMedia()
            _ = try await amelie.fill(media, [1])
            let again = try await amelie.fill(media, [2])
            #expect(again.status == 409)
            #expect(again.errcode == "M_CANNOT_OVERWRITE_MEDIA")
            #expect(try await amelie.download(media).body == [1])

            let whole = try await amelie.upload([3])
            #expect(try await amelie.fill(whole, [4]).errcode == "M_CANNOT_OVERWRITE_MEDIA")
        }
    }

    @Test("Of two uploads at once, one wins", arguments: TestEngine.allCases)
    func race(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.reserveMedia()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await amelie.fill(media, someBytes(700_000, seed: UInt64(number)))
                            .status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 200 }.count == 1)
            #expect(statuses.filter { $0 == 409 }.count == 7)
        }
    }

    @Test("After its time it is unknown", arguments: TestEngine.allCases)
    func expiry(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.reserveMedia()
            server.clock.advance(by: .seconds(86_401))
            let late = try await amelie.fill(media, [1])
            #expect(late.status == 404)
            #expect(late.errcode == "M_NOT_FOUND")
            #expect(try await amelie.download(media).errcode == "M_NOT_FOUND")
            #expect(server.mediaFiles.isEmpty)

            server.clock.advance(by: .seconds(3600))
            try await server.contentRepository.sweep()
            #expect(try await server.count("media") == 0)
        }
    }

    @Test(
        "A media ID that nobody made is unknown",
        arguments: [
            "culture.example/abcdefghijklmnopqrstuvwx", "finances.example/abc",
            "culture.example/a%2Fb",
        ])
    func unknown(media: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let answer = try await amelie.fill(media, [1])
            #expect(answer.status == 404)
            #expect(answer.errcode == "M_NOT_FOUND")
        }
    }

    @Test("There are not too many without a file", arguments: TestEngine.allCases)
    func limit(engine: TestEngine) async throws {
        try await TestServer.run(on: engine, { $0.media.mostReservedPerUser = 2 }) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let first = try await amelie.reserveMedia()
            _ = try await amelie.reserveMedia()
            let refused = try await amelie.post("/_matrix/media/v1/create")
            #expect(refused.status == 429)
            #expect(refused.errcode == "M_LIMIT_EXCEEDED")
            #expect(refused["retry_after_ms"]?.int != nil)
            _ = try await basile.reserveMedia()

            _ = try await amelie.fill(first, [1])
            _ = try await amelie.reserveMedia()
            #expect(try await amelie.post("/_matrix/media/v1/create").status == 429)
            server.clock.advance(by: .seconds(86_401))
            _ = try await amelie.reserveMedia()
        }
    }
}

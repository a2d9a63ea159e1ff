import Foundation
import HTTPTypes
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct UploadTests {
    @Test("What was uploaded comes back byte for byte", arguments: TestEngine.allCases, sizes)
    func roundTrip(engine: TestEngine, size: Int) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let bytes = someBytes(size)
            let media = try await amelie.upload(bytes)
            #expect(media.hasPrefix("culture.example/"))
            let answer = try await basile.download(media)
            #expect(answer.status == 200)
            #expect(answer.body == bytes)
            #expect(answer.headers[.contentLength] == String(size))
        }
    }

    private static let sizes = [0, 1, 65_536, 65_537, 3_000_000]

    @Test("A file is on the disk under its hash, once", arguments: TestEngine.allCases)
    func deduplication(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let first = try await amelie.upload(Array("abc".utf8), type: "text/plain")
            let again = try await basile.upload(Array("abc".utf8), type: "text/html", name: "a")
            #expect(first != again)
            let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            #expect(server.mediaFiles == ["ba/78/" + hash])
            #expect(try await server.count("media_files") == 1)
            #expect(try await amelie.download(again).headers[.contentType] == "text/html")
            #expect(try await amelie.download(first).headers[.contentType] == "text/plain")
        }
    }

    @Test("Without a token nothing is uploaded", arguments: TestEngine.allCases)
    func withoutToken(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let answer = try await server.stranger.post("/_matrix/media/v3/upload", "abc")
            #expect(answer.status == 401)
            #expect(answer.errcode == "M_MISSING_TOKEN")
            #expect(server.mediaFiles.isEmpty)
        }
    }

    @Test("Past the limit an upload is refused, and leaves nothing", arguments: TestEngine.allCases)
    func tooLarge(engine: TestEngine) async throws {
        try await TestServer.run(on: engine, { $0.media.mostUploadBytes = 1000 }) { server in
            let amelie = try await server.register("amelie")
            let config = try await amelie.get("/_matrix/client/v1/media/config")
            #expect(config["m.upload.size"]?.int == 1000)
            let exact = try await amelie.uploadParts([someBytes(1000)], claiming: 1000)
            #expect(exact.status == 200)

            let claimed = try await amelie.uploadParts([someBytes(10)], claiming: 1001)
            #expect(claimed.status == 413)
            #expect(claimed.errcode == "M_TOO_LARGE")
            let parts = [someBytes(600), someBytes(600)]
            let unclaimed = try await amelie.uploadParts(parts, claiming: nil)
            #expect(unclaimed.status == 413)
            #expect(unclaimed.errcode == "M_TOO_LARGE")
            #expect(server.mediaFiles.count == 1)
            #expect(try await server.count("media") == 1)
        }
    }

    @Test("A body that ends too early leaves nothing", arguments: TestEngine.allCases)
    func truncated(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let short = try await amelie.uploadParts([someBytes(600)], claiming: 1000)
            #expect(short.status == 400)
            let broken = try await amelie.uploadParts(
                [someBytes(900_000)], claiming: nil, breaksOff: true)
            #expect(broken.status == 400)
            #expect(try await server.count("media") == 0)
            #expect(!server.mediaFiles.contains { $0.hasPrefix("incoming/") })
        }
    }

    @Test("On a full disk an upload is refused with 507, and leaves nothing")
    func fullDisk() async throws {
        try await TestServer.run({ $0.media.leastFreeBytes = .max }) { server in
            let amelie = try await server.register("amelie")
            let answer = try await amelie.uploadParts([someBytes(600_000)], claiming: 600_000)
            #expect(answer.status == 507)
            #expect(answer.errcode == "M_UNKNOWN")
            #expect(server.mediaFiles.isEmpty)
            #expect(try await server.count("media") == 0)
        }
    }

    @Test("Nobody uploads more than their share", arguments: TestEngine.allCases)
    func quota(engine: TestEngine) async throws {
        try await TestServer.run(on: engine, { $0.media.mostBytesPerUser = 1000 }) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            _ = try await amelie.upload(someBytes(700))
            let claimed = try await amelie.uploadParts([someBytes(400)], claiming: 400)
            #expect(claimed.status == 403)
            #expect(claimed.errcode == "M_FORBIDDEN")
            let unclaimed = try await amelie.uploadParts([someBytes(400)], claiming: nil)
            #expect(unclaimed.status == 403)
            _ = try await amelie.upload(someBytes(300))
            _ = try await basile.upload(someBytes(1000))
        }
    }

    @Test(
        "Hostile types are not kept",
        arguments: [
            "", "html", "text/html, text/plain", "text/", "/html", "te xt/html",
            "text/é", "a/" + String(repeating: "b", count: 254),
        ])
    func hostileTypes(type: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload([1, 2, 3], type: type)
            let answer = try await amelie.download(media)
            #expect(answer.headers[.contentType] == "application/octet-stream")
            #expect(answer.headers[.contentDisposition] == "attachment")
        }
    }

    @Test(
        "A form is a file like any other",
        arguments: [
            "multipart/form-data; boundary=x", "Multipart/Form-Data",
            "MULTIPART/FORM-DATA;boundary=",
        ])
    func forms(type: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let form = Array("--x\r\nContent-Disposition: form-data; name=a\r\n\r\n".utf8)
            let media = try await amelie.upload(form, type: type)
            let answer = try await amelie.download(media)
            #expect(answer.body == form)
            #expect(answer.headers[.contentType] == type)
            #expect(answer.headers[.contentDisposition] == "attachment")
        }
    }

    @Test("A name with a zero byte, or without end, is refused")
    func hostileNames() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            for name in ["a%00b", String(repeating: "a", count: 1025)] {
                let answer = try await amelie.ask(
                    .post, "/_matrix/media/v3/upload?filename=" + name, [1])
                #expect(answer.status == 400)
                #expect(answer.errcode == "M_INVALID_PARAM")
            }
        }
    }

    @Test("Uploads are limited")
    func rateLimit() async throws {
        try await TestServer.run({ $0.hasRateLimits = true }) { server in
            let amelie = try await server.register("amelie")
            var statuses: Set<Int> = []
            for _ in 0..<120 {
                statuses.insert(try await amelie.post("/_matrix/media/v1/create").status)
            }
            #expect(statuses == [200, 429])
        }
    }

    @Test("Old clients upload under the paths that they know", arguments: ["r0", "v1"])
    func oldPaths(version: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let answer = try await amelie.ask(.post, "/_matrix/media/\(version)/upload", [1, 2])
            #expect(answer.status == 200)
        }
    }
}

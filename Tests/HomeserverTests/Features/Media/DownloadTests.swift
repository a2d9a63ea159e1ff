import Foundation
import HTTPTypes
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct DownloadTests {
    @Test("A part is handed out as asked", arguments: TestEngine.allCases)
    func ranges(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            for size in [1000, 700_000] {
                let bytes = someBytes(size)
                let media = try await amelie.upload(bytes)
                for (range, part) in [
                    ("bytes=0-0", 0..<1), ("bytes=10-99", 10..<100), ("bytes=990-", 990..<size),
                    ("bytes=-5", size - 5..<size), ("bytes=500-9999999", 500..<size),
                    ("bytes=-9999999", 0..<size),
                ] {
                    let answer = try await amelie.download(media, headers: ["Range": range])
                    #expect(answer.status == 206)
                    #expect(answer.body == Array(bytes[part]))
                    #expect(
                        answer.headers[.contentRange]
                            == "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)")
                    #expect(answer.headers[.contentLength] == String(part.count))
                }
                let past = try await amelie.download(media, headers: ["Range": "bytes=\(size)-"])
                #expect(past.status == 416)
                #expect(past.headers[.contentRange] == "bytes */\(size)")
            }
        }
    }

    @Test(
        "What is no range, or several, is answered with the whole",
        arguments: [
            "bytes=", "bytes=a-b", "bytes=5-1", "bytes=0-1,3-4", "items=0-1", "bytes=+1-2",
            "bytes=--1",
            "bytes=0-99999999999999999999",
        ])
    func noRange(range: String) {
        #expect(ByteRange(range, of: 10) == .whole)
    }

    @Test("A part of another version is answered with the whole; what is known is not sent again")
    func conditions() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(someBytes(100))
            let whole = try await amelie.download(media)
            let tag = try #require(whole.headers[.eTag])
            for (condition, status) in [(tag, 206), ("\"other\"", 200), ("W/" + tag, 200)] {
                let answer = try await amelie.download(
                    media, headers: ["Range": "bytes=0-9", "If-Range": condition])
                #expect(answer.status == status)
            }
            for (known, status) in [
                (tag, 304), ("W/" + tag, 304), ("\"a\", " + tag, 304), ("*", 304), ("\"a\"", 200),
            ] {
                let answer = try await amelie.download(media, headers: ["If-None-Match": known])
                #expect(answer.status == status)
                #expect(answer.body.isEmpty == (status == 304))
                #expect(answer.headers[.eTag] == tag)
            }
        }
    }

    @Test("Every file comes with the headers that keep it harmless", arguments: TestEngine.allCases)
    func headers(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(Array("<script>".utf8), type: "text/html")
            let headers = try await amelie.download(media).headers
            #expect(headers[.contentType] == "text/html")
            #expect(headers[.contentDisposition] == "attachment")
            #expect(headers[.xContentTypeOptions] == "nosniff")
            #expect(headers[.cacheControl] == "private, max-age=31536000, immutable")
            #expect(headers[.acceptRanges] == "bytes")
            #expect(
                headers[.contentSecurityPolicy]
                    == "sandbox; default-src 'none'; script-src 'none'; "
                    + "plugin-types application/pdf; style-src 'unsafe-inline'; object-src 'self';")
            let resources = try #require(HTTPField.Name("Cross-Origin-Resource-Policy"))
            #expect(headers[resources] == "cross-origin")
            #expect(headers[.accessControlAllowOrigin] == "*")
        }
    }

    @Test("HEAD answers with the headers alone")
    func head() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(someBytes(500_000))
            let answer = try await amelie.ask(.head, "/_matrix/client/v1/media/download/" + media)
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
            #expect(answer.headers[.contentLength] == "500000")
        }
    }

    @Test(
        "Safe types are shown, all others are saved",
        arguments: [
            ("text/plain", true), ("text/plain; charset=utf-8", true), ("Text/Plain", true),
            ("image/png", true), ("image/PNG ;x=y", true), ("video/mp4", true),
            ("audio/x-flac", true),
            ("application/json", true), ("text/html", false), ("TEXT/HTML", false),
            ("image/svg+xml", false), ("application/xml", false), ("text/xml", false),
            ("application/x-shockwave-flash", false), ("application/pdf", false),
            ("application/javascript", false), ("image/png+xml", false), ("x/image/png", false),
        ])
    func inline(type: String, isShown: Bool) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload([1], type: type)
            let answer = try await amelie.download(media)
            #expect(answer.headers[.contentDisposition] == (isShown ? "inline" : "attachment"))
        }
    }

    @Test(
        "A name comes back as it was given",
        arguments: [
            ("rapport.txt", #"inline; filename="rapport.txt""#),
            ("mon rapport.txt", #"inline; filename="mon rapport.txt""#),
            ("un;deux;trois.txt", #"inline; filename="un;deux;trois.txt""#),
            (#"a"b\c.txt"#, "inline; filename*=UTF-8''a%22b%5Cc.txt"),
            ("cent%25.txt", "inline; filename*=UTF-8''cent%2525.txt"),
            ("été.txt", "inline; filename*=UTF-8''%C3%A9t%C3%A9.txt"),
            ("🐔.txt", "inline; filename*=UTF-8''%F0%9F%90%94.txt"),
            ("a\r\nSet-Cookie: b", "inline; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20b"),
            ("../../etc/passwd", #"inline; filename="../../etc/passwd""#),
            ("", "inline"),
        ])
    func names(name: String, disposition: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload([1], type: "text/plain", name: name)
            let answer = try await amelie.download(media)
            #expect(answer.headers[.contentDisposition] == disposition)

            guard !name.isEmpty else { return }
            let nameless = try await amelie.upload([1], type: "text/plain", name: "autre")
            let renamed = try await amelie.download(nameless + "/" + pathComponent(name))
            #expect(renamed.headers[.contentDisposition] == disposition)
        }
    }

    @Test(
        "What names no media here is not found",
        arguments: [
            "culture.example/unknown", "finances.example/abc",
            "culture.example/..%2F..%2Fchappe.db",
            "culture.example/..", "..%2F../x", "culture.example/%2e%2e%2f%2e%2e%2fchappe.db",
            "culture.example/a%00", "culture.example/%2Fetc%2Fpasswd", "culture.example/a.b",
            "culture.example/" + String(repeating: "a", count: 300), "CULTURE.example/abc",
            "culture.example%2F/abc", "a%20b/abc",
        ])
    func unknown(media: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            for answer in [
                try await amelie.download(media), try await amelie.download(media + "/nom.txt"),
                try await amelie.thumbnail(media, "width=32&height=32"),
            ] {
                #expect(answer.status == 404)
                #expect(answer.errcode == "M_NOT_FOUND")
            }
        }
    }

    @Test("Without a token nothing is handed out", arguments: TestEngine.allCases)
    func withoutToken(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(PictureBytes.png(2, 2), type: "image/png")
            let stranger = server.stranger
            #expect(try await stranger.download(media).status == 401)
            #expect(try await stranger.thumbnail(media, "width=1&height=1").status == 401)
            for path in ["config", "preview_url?url=https://culture.example"] {
                let answer = try await stranger.get("/_matrix/client/v1/media/" + path)
                #expect(answer.status == 401)
                #expect(try await stranger.get("/_matrix/media/v3/" + path).status == 401)
            }
            for version in ["v3", "r0", "v1"] {
                let legacy = "/_matrix/media/\(version)/"
                for path in [
                    "download/\(media)", "download/\(media)/nom",
                    "thumbnail/\(media)?width=1&height=1",
                ] {
                    let answer = try await stranger.get(legacy + path)
                    #expect(answer.status == 404)
                    #expect(answer.errcode == "M_NOT_FOUND")
                }
            }
        }
    }

    @Test("A site with old clients can have the endpoints without a token serve")
    func thawed() async throws {
        try await TestServer.run({ $0.media.servesWithoutToken = true }) { server in
            let amelie = try await server.register("amelie")
            let picture = PictureBytes.png(2, 2)
            let media = try await amelie.upload(picture, type: "image/png")
            let stranger = server.stranger
            for path in [
                "download/\(media)", "download/\(media)/nom.png",
                "thumbnail/\(media)?width=32&height=32",
            ] {
                #expect(try await stranger.get("/_matrix/media/v3/" + path).body == picture)
            }
        }
    }

    @Test("Nothing is known of any page, and that is no error")
    func previews() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            for prefix in ["/_matrix/client/v1/media/", "/_matrix/media/v3/"] {
                let path = prefix + "preview_url"
                let answer = try await amelie.get(path + "?url=http%3A%2F%2F127.0.0.1%2F&ts=1")
                #expect(answer.status == 200)
                #expect(answer.text == "{}")
                #expect(try await amelie.get(path).errcode == "M_MISSING_PARAM")
            }
        }
    }

    @Test("A file that has gone from the disk is not found")
    func gone() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload([1])
            for path in server.mediaFiles {
                try FileManager.default.removeItem(atPath: server.mediaFolder + "/" + path)
            }
            let answer = try await amelie.download(media)
            #expect(answer.status == 404)
        }
    }
}

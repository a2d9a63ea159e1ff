import HTTPTypes
import HomeserverTesting
import MatrixTypes
import SeededTesting
import Testing

@testable import Homeserver

struct ThumbnailTests {
    /// What an answer's bytes say of themselves.
    private func header(_ answer: TestAnswer) throws -> ImageHeader {
        let bytes = answer.body
        return try #require(
            try ImageHeader { offset, count in
                Array(bytes.dropFirst(Int(offset)).prefix(count))
            })
    }

    @Test("A picture is made smaller, keeps its shape, and is kept", arguments: TestEngine.allCases)
    func scale(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(PictureBytes.png(800, 400), type: "image/png")
            let answer = try await amelie.thumbnail(media, "width=320&height=240&method=scale")
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "image/png")
            #expect(answer.headers[.contentDisposition] == #"inline; filename="thumbnail.png""#)
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
            let made = try header(answer)
            #expect(made.width == 320 && made.height == 160)

            let again = try await amelie.thumbnail(media, "width=300&height=200")
            #expect(again.body == answer.body)
            #expect(try await server.count("media_thumbnails") == 1)
        }
    }

    @Test(
        "A crop has the shape that was asked for",
        arguments: [
            (96, 96, 96, 96), (48, 48, 96, 96), (64, 32, 96, 48), (300, 300, 320, 320),
            (600, 600, 400, 400), (1000, 500, 800, 400),
        ])
    func crop(width: Int, height: Int, madeWidth: Int, madeHeight: Int) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(PictureBytes.png(800, 400), type: "image/png")
            let made = try header(
                try await amelie.thumbnail(media, "width=\(width)&height=\(height)&method=crop"))
            #expect(made.width == madeWidth && made.height == madeHeight)
        }
    }

    @Test("A picture that is no larger is given as it is", arguments: ["crop", "scale"])
    func small(method: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let picture = PictureBytes.png(20, 10)
            let media = try await amelie.upload(picture, type: "text/html")
            let answer = try await amelie.thumbnail(media, "width=32&height=32&method=\(method)")
            #expect(answer.body == picture)
            // What it is by its bytes, not by its uploader.
            #expect(answer.headers[.contentType] == "image/png")
        }
    }

    @Test("An animation stands still unless asked for", arguments: TestEngine.allCases)
    func animated(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let picture = PictureBytes.gif(100, 60, pictures: 3)
            let media = try await amelie.upload(picture, type: "image/gif")
            for query in ["width=32&height=32", "width=32&height=32&animated=false"] {
                let still = try await amelie.thumbnail(media, query)
                #expect(still.headers[.contentType] == "image/png")
                #expect(try !header(still).isAnimated)
            }
            let moving = try await amelie.thumbnail(media, "width=32&height=32&animated=true")
            #expect(moving.headers[.contentType] == "image/webp")
            let made = try header(moving)
            #expect(made.isAnimated && made.width == 32)

            // No larger than asked for: the original only to those who want it to move.
            let large = "width=640&height=480"
            #expect(try await !header(amelie.thumbnail(media, large)).isAnimated)
            #expect(try await amelie.thumbnail(media, large + "&animated=true").body == picture)
        }
    }

    @Test("Bombs are refused before they are opened", arguments: TestEngine.allCases)
    func bombs(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            for bytes in [
                PictureBytes.pngClaiming(30_000, 30_000),
                PictureBytes.pngClaiming(.max >> 33, 50_000),
            ] {
                let media = try await amelie.upload(bytes, type: "image/png")
                let answer = try await amelie.thumbnail(media, "width=32&height=32")
                #expect(answer.status == 413)
                #expect(answer.errcode == "M_TOO_LARGE")
            }
        }
    }

    @Test("An animation of ten thousand pictures costs no more than others")
    func longAnimation() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let picture = PictureBytes.gif(40, 20, pictures: 10_000)
            let media = try await amelie.upload(picture, type: "image/gif")
            let still = try await amelie.thumbnail(media, "width=32&height=32")
            #expect(try header(still).width == 32)
            let moving = try await amelie.thumbnail(media, "width=32&height=32&animated=true")
            #expect([200, 400].contains(moving.status))
        }
    }

    @Test(
        "Nothing but the four formats is opened, whatever it is called",
        arguments: [
            "BM______________________________", "II*\0____________________________",
            "P6 2 2 255 aaaaaaaaaaaaaaaaaaaaaa", "%!PS-Adobe-3.0 EPSF-3.0 aaaaaaaaaaa",
            "%PDF-1.7 aaaaaaaaaaaaaaaaaaaaaaaa", "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "\0\0\0\u{18}ftypmp42aaaaaaaaaaaaaaaaaaaa", "<html><script>alert(1)</script></html>",
            "", "GIF",
            "RIFF____WAVE____________________",
        ])
    func otherFormats(text: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(Array(text.utf8), type: "image/png")
            let answer = try await amelie.thumbnail(media, "width=32&height=32")
            #expect(answer.status == 400)
            #expect(answer.errcode == "M_UNKNOWN")
        }
    }

    @Test("A damaged picture is an error of the request, and is not tried again at once")
    func damaged() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            var bytes = PictureBytes.png(80, 40)
            // In the checksum of the first chunk.
            bytes[30] ^= 1
            let media = try await amelie.upload(bytes, type: "image/png")
            let answer = try await amelie.thumbnail(media, "width=32&height=32")
            #expect(answer.status == 400)
            #expect(answer.errcode == "M_UNKNOWN")
            #expect(try await server.count("media_thumbnails") == 1)
            #expect(try await amelie.thumbnail(media, "width=32&height=32").status == 400)
        }
    }

    @Test(
        "A size that makes no sense is refused",
        arguments: [
            ("", "M_MISSING_PARAM"), ("width=32", "M_MISSING_PARAM"),
            ("width=0&height=32", "M_INVALID_PARAM"), ("width=-1&height=32", "M_INVALID_PARAM"),
            ("width=3.5&height=32", "M_INVALID_PARAM"), ("width=a&height=32", "M_INVALID_PARAM"),
            ("width=99999999999999999999&height=32", "M_INVALID_PARAM"),
            ("width=32&height=32&method=stretch", "M_INVALID_PARAM"),
            ("width=32&height=32&animated=maybe", "M_INVALID_PARAM"),
        ])
    func sizes(query: String, code: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(PictureBytes.png(40, 40), type: "image/png")
            let answer = try await amelie.thumbnail(media, query)
            #expect(answer.status == 400)
            #expect(answer.errcode == code)
        }
    }

    @Test("However many sizes are asked for, few are kept")
    func manySizes() {
        let image = ImageHeader(.png, 4000, 3000)
        let scaled = Set(
            stride(from: 1, to: 5000, by: 7).map { edge in
                ThumbnailPlan(
                    ThumbnailRequest(width: edge, height: edge, method: .scale, animated: false),
                    of: image)
            })
        #expect(scaled.count == 7)
    }

    @Test("Never smaller than asked for, never larger than the picture", arguments: seeds(200))
    func plan(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let image = ImageHeader(
            .png, .random(in: 1...3000, using: &random), .random(in: 1...3000, using: &random))
        let request = ThumbnailRequest(
            width: .random(in: 1...2000, using: &random),
            height: .random(in: 1...2000, using: &random), method: .scale, animated: false)
        guard case .make(let kind) = ThumbnailPlan(request, of: image) else { return }
        #expect(kind.width < image.width || kind.height < image.height)
        // But for one dot, since sizes are whole.
        let dot = 1 / Double(max(image.width, image.height))
        let made = scale(image, to: kind.width, kind.height)
        #expect(made >= scale(image, to: request.width, request.height) - dot)
    }

    private func scale(_ image: ImageHeader, to width: Int, _ height: Int) -> Double {
        let horizontal = Double(width) / Double(image.width)
        let vertical = Double(height) / Double(image.height)
        return min(1, horizontal, vertical)
    }

    @Test("Without the program there are no thumbnails, and no other harm")
    func withoutProgram() async throws {
        try await TestServer.run({ $0.media.thumbnailer = "/nowhere/vipsthumbnail" }) { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(PictureBytes.png(80, 40), type: "image/png")
            #expect(try await amelie.thumbnail(media, "width=32&height=32").status == 400)
            #expect(try await amelie.thumbnail(media, "width=80&height=80").status == 200)
        }
    }

    @Test("Many who ask at once get the same")
    func rush() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(PictureBytes.png(800, 400), type: "image/png")
            let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await amelie.thumbnail(media, "width=96&height=96") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.status)) == [200])
            #expect(Set(answers.map(\.body)).count == 1)
        }
    }
}

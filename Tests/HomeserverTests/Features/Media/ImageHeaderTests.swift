import MatrixTypes
import SeededTesting
import Testing

@testable import Homeserver

struct ImageHeaderTests {
    private func header(_ bytes: [UInt8]) throws -> ImageHeader? {
        try ImageHeader { offset, count in
            #expect(count <= 64 << 10)
            return Array(bytes.dropFirst(Int(offset)).prefix(count))
        }
    }

    @Test("A PNG says its size, and whether it moves")
    func png() throws {
        #expect(try header(PictureBytes.png(31, 7)) == ImageHeader(.png, 31, 7))
        let moving = PictureBytes.png(31, 7, animated: true)
        #expect(try header(moving) == ImageHeader(.png, 31, 7, isAnimated: true))
    }

    @Test("A GIF of one picture stands still, one of two moves")
    func gif() throws {
        let still = PictureBytes.gif(300, 20, pictures: 1)
        #expect(try header(still) == ImageHeader(.gif, 300, 20))
        let moving = PictureBytes.gif(300, 20, pictures: 2)
        #expect(try header(moving) == ImageHeader(.gif, 300, 20, isAnimated: true))
    }

    @Test("A WebP of each kind says its size")
    func webp() throws {
        func file(_ kind: String, _ body: [UInt8]) -> [UInt8] {
            Array("RIFF____WEBP".utf8) + Array(kind.utf8) + [0, 0, 0, 0] + body + [
                0, 0, 0, 0, 0, 0,
            ]
        }
        let lossy = file("VP8 ", [0, 0, 0, 0x9D, 0x01, 0x2A, 0x2C, 0x01, 0x64, 0x40])
        #expect(try header(lossy) == ImageHeader(.webp, 300, 100))
        // 299 in 14 bits, then 99.
        let bits = 299 | 99 << 14
        let lossless = file(
            "VP8L", [0x2F] + (0..<4).map { UInt8(bits >> ($0 * 8) & 255) } + [0, 0, 0, 0, 0])
        #expect(try header(lossless) == ImageHeader(.webp, 300, 100))
        let extended = file("VP8X", [2, 0, 0, 0, 0x2B, 1, 0, 99, 0, 0])
        #expect(try header(extended) == ImageHeader(.webp, 300, 100, isAnimated: true))
    }

    @Test("A JPEG says its size behind its other segments, turned as it is meant to be seen")
    func jpeg() throws {
        func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
            [0xFF, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
        }
        let start: [UInt8] = [0xFF, 0xD8]
        let frame = segment(0xC2, [8, 0, 100, 1, 44, 3, 1, 0x11, 0])
        let profile = segment(0xE2, [UInt8](repeating: 7, count: 60_000))
        #expect(try header(start + profile + frame) == ImageHeader(.jpeg, 300, 100))

        let exif =
            Array("Exif\0\0MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]
        let turned = start + segment(0xE1, exif + [0, 0]) + frame
        #expect(try header(turned) == ImageHeader(.jpeg, 100, 300))
    }

    @Test("Damaged and random bytes are read to an end", arguments: seeds(300))
    func damaged(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let whole = [
            PictureBytes.png(9, 9, animated: true), PictureBytes.gif(9, 9, pictures: 3),
            Array("RIFF____WEBPVP8X".utf8) + someBytes(20, seed: seed),
            [0xFF, 0xD8, 0xFF, 0xE1, 0, 60] + Array("Exif\0\0II*\0".utf8)
                + someBytes(200, seed: seed),
        ]
        var bytes = whole[Int(seed) % whole.count]
        for _ in 0..<3 {
            bytes[Int.random(in: 6..<bytes.count, using: &random)] = .random(
                in: .min ... .max, using: &random)
        }
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
        let found = try header(bytes)
        #expect(found.map { $0.width > 0 && $0.height > 0 } ?? true)
    }
}

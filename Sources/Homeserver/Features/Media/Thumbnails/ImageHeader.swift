/// What the first bytes of a picture say of it, read without decoding anything.
///
/// Of the four formats that thumbnails are made of, and of no other: a file is what its bytes are,
/// whatever its uploader calls it.
struct ImageHeader: Equatable, Sendable {
    enum Format: Equatable, Sendable { case png, jpeg, gif, webp }

    let format: Format
    /// In pixels, as the picture is meant to be seen.
    let width: Int
    let height: Int
    let isAnimated: Bool

    /// Reads bytes at a place; fewer where the file ends.
    typealias Reader = (_ offset: Int64, _ count: Int) throws -> [UInt8]

    /// Nil for what is no picture of the four formats, or has no pixels.
    init?(_ read: @escaping Reader) throws {
        let start = try read(0, 32)
        guard start.count >= 12 else { return nil }
        let found: ImageHeader?
        if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            found = try Self.png(start, read)
        } else if start.starts(with: [0xFF, 0xD8, 0xFF]) {
            found = try Self.jpeg(read)
        } else if start.starts(with: "GIF87a".utf8) || start.starts(with: "GIF89a".utf8) {
            found = try Self.gif(start, read)
        } else if start.starts(with: "RIFF".utf8), start[8..<12].elementsEqual("WEBP".utf8) {
            found = Self.webp(start)
        } else {
            found = nil
        }
        guard let found, found.width > 0, found.height > 0 else { return nil }
        self = found
    }

    init(_ format: Format, _ width: Int, _ height: Int, isAnimated: Bool = false) {
        self.format = format
        self.width = width
        self.height = height
        self.isAnimated = isAnimated
    }

    /// - Spec: Portable Network Graphics, sections 5.3 and 11.2.1; `acTL` makes it animated
    private static func png(_ start: [UInt8], _ read: Reader) throws -> ImageHeader? {
        guard start.count >= 24, start[12..<16].elementsEqual("IHDR".utf8) else { return nil }
        let width = bigEndian(start[16..<20])
        let height = bigEndian(start[20..<24])
        var offset: Int64 = 8
        for _ in 0..<100 {
            let chunk = try read(offset, 8)
            guard chunk.count == 8, !chunk[4..<8].elementsEqual("IDAT".utf8) else { break }
            if chunk[4..<8].elementsEqual("acTL".utf8) {
                return ImageHeader(.png, width, height, isAnimated: true)
            }
            offset += Int64(bigEndian(chunk[0..<4])) + 12
        }
        return ImageHeader(.png, width, height)
    }

    /// Walks the segments up to the first that starts a frame.
    ///
    /// - Spec: ITU-T T.81, annex B
    private static func jpeg(_ read: Reader) throws -> ImageHeader? {
        var offset: Int64 = 2
        var isTurned = false
        for _ in 0..<500 {
            let segment = try read(offset, 10)
            guard segment.count == 10, segment[0] == 0xFF else { return nil }
            switch segment[1] {
            case 0xFF: offset += 1
            case 0x01, 0xD0...0xD8: offset += 2
            case 0xD9, 0xDA: return nil
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                let height = bigEndian(segment[5..<7])
                let width = bigEndian(segment[7..<9])
                return isTurned
                    ? ImageHeader(.jpeg, height, width) : ImageHeader(.jpeg, width, height)
            default:
                let length = bigEndian(segment[2..<4])
                if segment[1] == 0xE1, segment[4..<10].elementsEqual("Exif\0\0".utf8) {
                    isTurned = liesOnItsSide(try read(offset + 10, min(length, 4096)))
                }
                offset += Int64(length) + 2
            }
        }
        return nil
    }

    /// Whether the camera was held upright, so that width and height change places.
    ///
    /// - Parameter tiff: Where `Exif` begins to count its places.
    private static func liesOnItsSide(_ tiff: [UInt8]) -> Bool {
        guard tiff.count >= 8 else { return false }
        let isLittle = tiff.starts(with: "II".utf8)
        func number(_ offset: Int, _ count: Int) -> Int? {
            guard offset >= 0, offset + count <= tiff.count else { return nil }
            let bytes = tiff[offset..<offset + count]
            return isLittle ? littleEndian(bytes) : bigEndian(bytes)
        }
        guard let directory = number(4, 4), let count = number(directory, 2) else { return false }
        for entry in 0..<min(count, 200) {
            let place = directory + 2 + entry * 12
            guard let tag = number(place, 2) else { return false }
            if tag == 0x0112 { return (5...8).contains(number(place + 8, 2) ?? 1) }
        }
        return false
    }

    /// Counts no further than the second picture.
    ///
    /// - Spec: GIF89a, sections 18 to 26
    private static func gif(_ start: [UInt8], _ read: @escaping Reader) throws -> ImageHeader? {
        let width = littleEndian(start[6..<8])
        let height = littleEndian(start[8..<10])
        let blocks = GIFBlocks(read)
        let count = try blocks.pictures(atMost: 2)
        return ImageHeader(.gif, width, height, isAnimated: count > 1)
    }

    /// - Spec: RFC 9649, section 2
    private static func webp(_ start: [UInt8]) -> ImageHeader? {
        guard start.count >= 30 else { return nil }
        switch String(decoding: start[12..<16], as: UTF8.self) {
        case "VP8 ":
            return ImageHeader(
                .webp, littleEndian(start[26..<28]) & 0x3FFF, littleEndian(start[28..<30]) & 0x3FFF)
        case "VP8L":
            let bits = littleEndian(start[21..<25])
            return ImageHeader(.webp, bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
        case "VP8X":
            return ImageHeader(
                .webp, littleEndian(start[24..<27]) + 1, littleEndian(start[27..<30]) + 1,
                isAnimated: start[20] & 2 != 0)
        default: return nil
        }
    }
}

/// Walks the blocks of a GIF, with one read for many of its short pieces.
private final class GIFBlocks {
    /// A longer file is not walked to its end.
    private static let mostBytes: Int64 = 16 << 20
    private static let windowBytes = 64 << 10

    private let read: ImageHeader.Reader
    private var window: [UInt8] = []
    private var windowStart: Int64 = 0

    init(_ read: @escaping ImageHeader.Reader) { self.read = read }

    /// - Returns: How many pictures follow each other; `most` where the count was given up.
    func pictures(atMost most: Int) throws -> Int {
        guard let flags = try byte(10) else { return 0 }
        var offset: Int64 = 13 + Self.tableBytes(flags)
        var count = 0
        while count < most {
            guard offset < Self.mostBytes else { return most }
            switch try byte(offset) {
            case 0x21: offset = try afterPieces(offset + 2)
            case 0x2C:
                count += 1
                guard let flags = try byte(offset + 9) else { return count }
                offset = try afterPieces(offset + 11 + Self.tableBytes(flags))
            default: return count
            }
        }
        return count
    }

    private static func tableBytes(_ flags: UInt8) -> Int64 {
        flags & 0x80 == 0 ? 0 : 3 << (Int64(flags & 7) + 1)
    }

    private func afterPieces(_ offset: Int64) throws -> Int64 {
        var offset = offset
        while let length = try byte(offset), offset < Self.mostBytes {
            offset += Int64(length) + 1
            if length == 0 { break }
        }
        return offset
    }

    private func byte(_ offset: Int64) throws -> UInt8? {
        if offset < windowStart || offset >= windowStart + Int64(window.count) {
            window = try read(offset, Self.windowBytes)
            windowStart = offset
        }
        let place = Int(offset - windowStart)
        return place < window.count ? window[place] : nil
    }
}

private func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
}

private func littleEndian(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
}

/// Pictures, as bytes, made without a library.
enum PictureBytes {
    /// A PNG of one colour, as RGB without compression.
    ///
    /// - Parameter animated: Says of itself that it is an animation.
    static func png(_ width: Int, _ height: Int, animated: Bool = false) -> [UInt8] {
        let pixels = [[UInt8]](repeating: [200, 40, 90], count: width).joined()
        let row: [UInt8] = [0] + pixels
        let raw = Array([[UInt8]](repeating: row, count: height).joined())
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        bytes += chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0])
        if animated { bytes += chunk("acTL", bigEndian(1) + bigEndian(0)) }
        bytes += chunk("IDAT", zlib(raw))
        bytes += chunk("IEND", [])
        return bytes
    }

    /// The head of a PNG that claims a size and has nothing behind it.
    static func pngClaiming(_ width: Int, _ height: Int) -> [UInt8] {
        var bytes = png(1, 1)
        let header = chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0])
        bytes.replaceSubrange(8..<8 + header.count, with: header)
        return bytes
    }

    /// A GIF of pictures of one colour each, by turns red and blue.
    static func gif(_ width: Int, _ height: Int, pictures: Int) -> [UInt8] {
        let size = littleEndian(width) + littleEndian(height)
        var bytes = Array("GIF89a".utf8) + size + [0xF0, 0, 0] + [255, 0, 0, 0, 0, 255]
        for picture in 0..<pictures {
            bytes += [0x21, 0xF9, 4, 4, 10, 0, 0, 0]
            bytes += [0x2C, 0, 0, 0, 0] + size + [0]
            // Codes of three bits: "clear" (4) before every second pixel, so that they stay short.
            var codes: [Int] = []
            for pixel in 0..<width * height {
                if pixel % 2 == 0 { codes.append(4) }
                codes.append(picture % 2)
            }
            codes.append(5)
            bytes.append(2)
            let packed = pack(codes)
            for start in stride(from: 0, to: packed.count, by: 255) {
                let piece = packed[start..<min(start + 255, packed.count)]
                bytes += [UInt8(piece.count)] + piece
            }
            bytes.append(0)
        }
        return bytes + [0x3B]
    }

    private static func pack(_ codes: [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        var bits = 0
        var count = 0
        for code in codes {
            bits |= code << count
            count += 3
            while count >= 8 {
                bytes.append(UInt8(bits & 255))
                bits >>= 8
                count -= 8
            }
        }
        return count > 0 ? bytes + [UInt8(bits & 255)] : bytes
    }

    static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return bigEndian(data.count) + body + bigEndian(Int(crc(body)))
    }

    /// Stored blocks between the head and the checksum of zlib.
    private static func zlib(_ raw: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x78, 0x01]
        for start in stride(from: 0, to: raw.count, by: 65_535) {
            let end = min(start + 65_535, raw.count)
            let length = end - start
            bytes += [end == raw.count ? 1 : 0] + littleEndian(length) + littleEndian(~length)
            bytes += raw[start..<end]
        }
        var a = 1
        var b = 0
        for byte in raw {
            a = (a + Int(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return bytes + bigEndian(b << 16 | a)
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = .max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    static func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func littleEndian(_ number: Int) -> [UInt8] {
        [0, 8].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

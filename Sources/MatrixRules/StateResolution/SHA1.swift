/// SHA-1, by which room version 1 breaks ties. Good for nothing else.
///
/// - Spec: RFC 3174, section 6.1; the letters below are its steps.
enum SHA1 {
    /// - Returns: 20 bytes.
    static func hash(_ message: some Collection<UInt8>) -> [UInt8] {
        var bytes = Array(message)
        bytes.append(0x80)
        while bytes.count % 64 != 56 { bytes.append(0) }
        bytes.append(contentsOf: bigEndian(UInt64(message.count) * 8))

        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        for start in stride(from: 0, to: bytes.count, by: 64) {
            mix(bytes[start..<start + 64], into: &state)
        }
        return state.flatMap(bigEndian)
    }

    private static func mix(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        // a.
        var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { place in
            block[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        // b.
        for t in 16..<80 {
            words.append(
                rotate(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], by: 1))
        }
        // c.
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        // d.
        for (t, word) in words.enumerated() {
            let (f, k) = round(t, b, c, d)
            let next = rotate(a, by: 5) &+ f &+ e &+ word &+ k
            (a, b, c, d, e) = (next, a, rotate(b, by: 30), c, d)
        }
        // e.
        for (place, word) in [a, b, c, d, e].enumerated() { state[place] &+= word }
    }

    private static func round(
        _ t: Int, _ b: UInt32, _ c: UInt32, _ d: UInt32
    ) -> (f: UInt32, k: UInt32) {
        switch t {
        case 0..<20: (b & c | ~b & d, 0x5A82_7999)
        case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case 40..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
    }

    private static func rotate(_ word: UInt32, by count: UInt32) -> UInt32 {
        word << count | word >> (32 - count)
    }

    private static func bigEndian<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
        withUnsafeBytes(of: word.bigEndian, Array.init)
    }
}

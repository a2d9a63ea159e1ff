/// A pattern as an automaton that reads a text once and never goes back.
///
/// It is in many places of the pattern at the same time, each of them a bit: reading a code point
/// takes one step for every 64 places, whatever was read before. So a pattern costs the length of the
/// text times an eighth of its own bytes at most, and none can be made that costs more.
struct GlobAutomaton {
    /// What has to be read to come from each place to the next; nil for any code point.
    private let tokens: [UInt32?]
    private let words: Int
    /// The places that a `*` lets stay whatever is read.
    private var loops: [UInt64]

    /// For a text that is no pattern.
    init(literal: FoldedText) {
        tokens = literal.scalars
        words = tokens.count / 64 + 1
        loops = Array(repeating: 0, count: words)
    }

    init(_ pattern: String) {
        var tokens: [UInt32?] = []
        var stars: [Int] = []
        for scalar in FoldedText(pattern).scalars {
            switch Unicode.Scalar(scalar) {
            case "*": stars.append(tokens.count)
            case "?": tokens.append(nil)
            default: tokens.append(scalar)
            }
        }
        self.tokens = tokens
        words = tokens.count / 64 + 1
        loops = Array(repeating: 0, count: words)
        for place in stars { Self.insert(place, into: &loops) }
    }

    /// - Parameters:
    ///   - anywhere: The pattern may begin and end at any word's boundary, not only at the ends.
    ///   - steps: Is increased by one for each word of bits that was looked at.
    func matches(_ text: FoldedText, anywhere: Bool, _ steps: inout Int) -> Bool {
        guard tokens.count <= text.scalars.count else { return false }
        let moves = Moves(tokens, words: words)
        var places = Array(repeating: UInt64(0), count: words)
        Self.insert(0, into: &places)
        for (position, scalar) in text.scalars.enumerated() {
            if anywhere, text.isWordBoundary(position) {
                if Self.contains(tokens.count, in: places) { return true }
                Self.insert(0, into: &places)
            }
            advance(&places, by: moves.row(of: scalar), in: moves.bits)
            steps += words
        }
        return Self.contains(tokens.count, in: places)
    }

    private func advance(_ places: inout [UInt64], by row: Int, in bits: [UInt64]) {
        var carry: UInt64 = 0
        for word in 0..<words {
            let moving = places[word] & bits[row + word]
            let staying = places[word] & loops[word]
            places[word] = moving << 1 | carry | staying
            carry = moving >> 63
        }
    }

    private static func insert(_ place: Int, into bits: inout [UInt64]) {
        bits[place / 64] |= 1 << UInt64(place % 64)
    }

    private static func contains(_ place: Int, in bits: [UInt64]) -> Bool {
        bits[place / 64] & 1 << UInt64(place % 64) != 0
    }

    /// For each code point of the pattern, the places that it leads on from.
    private struct Moves {
        private(set) var bits: [UInt64]
        private var rows: [UInt32: Int] = [:]

        /// The first row is for code points that the pattern does not have.
        init(_ tokens: [UInt32?], words: Int) {
            var wildcards = Array(repeating: UInt64(0), count: words)
            for (place, token) in tokens.enumerated() where token == nil {
                GlobAutomaton.insert(place, into: &wildcards)
            }
            bits = wildcards
            for (place, token) in tokens.enumerated() {
                guard let token else { continue }
                let row = rows[token] ?? bits.count
                if row == bits.count {
                    rows[token] = row
                    bits.append(contentsOf: wildcards)
                }
                bits[row + place / 64] |= 1 << UInt64(place % 64)
            }
        }

        func row(of scalar: UInt32) -> Int { rows[scalar] ?? 0 }
    }
}

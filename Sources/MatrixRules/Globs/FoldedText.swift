/// A text to be compared without regard to case, one number for each code point.
///
/// Each code point is folded by itself, so that their count stays the same; none outside of ASCII
/// becomes an ASCII letter.
struct FoldedText: Hashable, Sendable {
    let scalars: [UInt32]

    init(_ text: some StringProtocol) {
        scalars = text.unicodeScalars.map(Self.fold)
    }

    private static func fold(_ scalar: Unicode.Scalar) -> UInt32 {
        if scalar.isASCII {
            return scalar.value | (("A"..."Z").contains(scalar) ? 0x20 : 0)
        }
        let lowercase = scalar.properties.lowercaseMapping.unicodeScalars
        guard let first = lowercase.first, lowercase.count == 1, !first.isASCII else {
            return scalar.value
        }
        return first.value
    }

    /// Whether a match may begin or end before the code point at `place`: at the ends of the text, and
    /// beside any code point that is not one of `[A-Za-z0-9_]`.
    func isWordBoundary(_ place: Int) -> Bool {
        guard place > 0, place < scalars.count else { return true }
        return !Self.isOfWord(scalars[place - 1]) || !Self.isOfWord(scalars[place])
    }

    /// The longest runs of `[A-Za-z0-9_]`.
    var words: Set<FoldedText> {
        Set(scalars.split { !Self.isOfWord($0) }.map { FoldedText(scalars: Array($0)) })
    }

    /// All of it is one such run.
    var isWord: Bool { !scalars.isEmpty && scalars.allSatisfy(Self.isOfWord) }

    private init(scalars: [UInt32]) { self.scalars = scalars }

    /// - Parameter scalar: Folded.
    private static func isOfWord(_ scalar: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(scalar) else { return false }
        return ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
    }
}

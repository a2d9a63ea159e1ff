/// A glob-style pattern: `*` stands for any text, `?` for any one code point. Case does not matter.
///
/// - Spec: [Glob-style matching](https://spec.matrix.org/v1.19/appendices/#glob-style-matching)
package struct Glob: Hashable, Sendable {
    package let pattern: String

    /// Nil if the pattern has wildcards.
    let literal: FoldedText?

    package init(_ pattern: String) {
        self.pattern = pattern
        let hasWildcards = pattern.utf8.contains {
            $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?")
        }
        literal = hasWildcards ? nil : FoldedText(pattern)
    }

    /// Whether the pattern is all of the text.
    package func matches(_ text: String) -> Bool { matches(FoldedText(text)) }

    func matches(_ text: FoldedText) -> Bool {
        if let literal { return literal == text }
        var steps = 0
        return GlobAutomaton(pattern).matches(text, anywhere: false, &steps)
    }

    /// Whether the pattern is some part of the text that begins and ends at a word's boundary.
    ///
    /// - Parameter words: Those of the text.
    func matchesWords(of text: FoldedText, _ words: Set<FoldedText>) -> Bool {
        if let literal, literal.isWord { return words.contains(literal) }
        var steps = 0
        return GlobAutomaton(pattern).matches(text, anywhere: true, &steps)
    }

    package static func == (a: Glob, b: Glob) -> Bool {
        a.pattern.utf8.elementsEqual(b.pattern.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in pattern.utf8 { hasher.combine(byte) }
    }
}

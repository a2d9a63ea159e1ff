import Foundation

/// A word of a text, as the search compares it.
///
/// Case, accents and ligatures do not count, nor does the plural: « Élections », « élection » and
/// « ELECTION » are one word. The one function that cuts and folds is used for what is said and for
/// what is asked, so that the two always meet.
struct FoldedWord: Equatable, Sendable {
    /// Longer words are cut, counted in characters after folding.
    static let mostLength = 40

    /// Without accents, in lower case. Letters and digits alone.
    let folded: String
    /// `folded` without the mark of the plural.
    let stem: String
    /// As it stands in the text.
    let source: Substring

    /// What a text is found by: its stem, and the word itself where that begins otherwise, so that
    /// « journau » finds « journaux » while it is being typed.
    var forms: [String] { folded.hasPrefix(stem) ? [stem] : [stem, folded] }

    /// The words of a text in their order.
    ///
    /// A word is a run of letters and digits; an ideograph is a word of its own, as nothing tells
    /// where theirs end. Elided articles and pronouns are none: « l'école » is « école ».
    ///
    /// - Parameter most: How many words are read; the rest of the text is not looked at.
    static func words(of text: String, most: Int) -> [FoldedWord] {
        var words: [FoldedWord] = []
        var start: String.Index?
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while index < scalars.endIndex, words.count < most {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            switch Part(scalar) {
            case .letter:
                if start == nil { start = index }
            case .ideograph:
                append(text, start, index, &words)
                start = nil
                append(text, index, next, &words)
            case .apostrophe:
                if let begin = start, !isElision(text[begin..<index]) {
                    append(text, start, index, &words)
                }
                start = nil
            case .gap:
                append(text, start, index, &words)
                start = nil
            }
            index = next
        }
        if words.count < most { append(text, start, index, &words) }
        return words
    }

    private static func append(
        _ text: String, _ start: String.Index?, _ end: String.Index, _ words: inout [FoldedWord]
    ) {
        guard let start else { return }
        let source = text[start..<end]
        let folded = fold(source)
        guard !folded.isEmpty else { return }
        words.append(
            FoldedWord(
                folded: folded, stem: FrenchPlurals.singular(of: folded), source: source))
    }

    private static func isElision(_ word: Substring) -> Bool {
        let letters = word.utf8.count == 1 ? "cdjlmnst" : nil
        if let letters { return letters.contains(word.lowercased()) }
        return ["qu", "jusqu", "lorsqu", "puisqu", "quoiqu"].contains(word.lowercased())
    }

    private static func fold(_ word: Substring) -> String {
        if word.utf8.allSatisfy({ $0 < 0x80 }) {
            return String(word.lowercased().prefix(mostLength))
        }
        var folded = String.UnicodeScalarView()
        // What is compatible may be a capital again.
        let plain = word.lowercased().decomposedStringWithCompatibilityMapping.lowercased()
        for scalar in plain.unicodeScalars {
            if let letters = replacements[scalar] {
                folded.append(contentsOf: letters.unicodeScalars)
            } else if scalar.isASCII
                ? scalar.properties.isAlphabetic || scalar.isDigit
                : Part(scalar) != .gap && !scalar.isMark
            {
                folded.append(scalar)
            }
        }
        return String(String(folded).prefix(mostLength))
    }

    /// Letters that no decomposition takes apart.
    private static let replacements: [Unicode.Scalar: String] = [
        "œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
        "ı": "i", "ς": "σ",
    ]
}

/// What a character is to a word.
private enum Part {
    case letter
    case ideograph
    case apostrophe
    case gap

    init(_ scalar: Unicode.Scalar) {
        if scalar.isASCII {
            let isLetter = scalar.properties.isAlphabetic || scalar.isDigit
            self = isLetter ? .letter : scalar == "'" ? .apostrophe : .gap
            return
        }
        if scalar == "\u{2019}" || scalar == "\u{02BC}" {
            self = .apostrophe
        } else if scalar.properties.isIdeographic {
            self = .ideograph
        } else {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter, .decimalNumber, .letterNumber, .otherNumber, .nonspacingMark,
                .spacingMark, .enclosingMark, .format:
                self = .letter
            default: self = .gap
            }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }

    /// Put on letters, or unseen between them.
    fileprivate var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .format: true
        default: false
        }
    }
}

import Foundation

/// Text as it is searched: without accents, without case, ligatures as their letters.
enum SearchText {
    /// Text after this is not searched.
    static let mostBytes = 2_000
    /// What a search may ask for: more words are not looked at.
    static let mostWords = 8
    static let mostWordLength = 100

    static func fold(_ text: String) -> String {
        let folded = text.folding(
            options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        guard folded.utf8.contains(where: { $0 >= 0x80 }) else { return folded }
        return folded.replacing("œ", with: "oe").replacing("æ", with: "ae")
            .replacing("ß", with: "ss").replacing("’", with: "'")
    }

    /// The words of a search term, folded.
    static func words(of term: String) -> [String] {
        fold(term.prefix(mostWords * mostWordLength).withoutZeros).split(
            whereSeparator: \.isWhitespace
        )
        .prefix(mostWords).map { String($0.prefix(mostWordLength)) }
    }

    /// A pattern for `LIKE … ESCAPE '\'` that finds the word as it is written, anywhere.
    static func pattern(containing word: String) -> String {
        var pattern = "%"
        for character in word.unicodeScalars {
            if character == "%" || character == "_" || character == "\\" {
                pattern.unicodeScalars.append("\\")
            }
            pattern.unicodeScalars.append(character)
        }
        return pattern + "%"
    }
}

extension StringProtocol {
    /// Without zero bytes, which no column holds.
    var withoutZeros: String {
        guard utf8.contains(0) else { return String(self) }
        return String(String.UnicodeScalarView(unicodeScalars.filter { $0 != "\0" }))
    }

    /// The longest beginning of whole characters that has at most `count` bytes, without zero bytes.
    func cut(toBytes count: Int) -> String {
        let text = withoutZeros
        guard text.utf8.count > count else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: count)
        while end > text.startIndex, end.samePosition(in: text) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text[..<end])
    }
}

import Database
import MatrixTypes

/// What somebody looks for: words that all have to be there.
struct SearchTerm: Sendable, Equatable {
    static let mostBytes = 1_000
    static let mostWords = 16
    /// The last word may be unfinished, if as much of it is there.
    static let leastBeginning = 3

    struct Word: Sendable, Equatable {
        let stem: String
        /// The word as far as it is typed; nil where it counts as whole.
        let beginning: String?
    }

    let words: [Word]

    /// - Throws: `M_INVALID_PARAM` past the limits.
    init(_ text: String) throws {
        guard text.utf8.count <= Self.mostBytes else {
            throw MatrixError.invalidParameter(
                "search_term", "It may have \(Self.mostBytes) bytes at most.")
        }
        let found = FoldedWord.words(of: text, most: Self.mostWords + 1)
        guard found.count <= Self.mostWords else {
            throw MatrixError.invalidParameter(
                "search_term", "It may have \(Self.mostWords) words at most.")
        }
        var words: [Word] = []
        for (place, word) in found.enumerated() {
            let isLast = place == found.count - 1
            let isBeginning = isLast && word.folded.count >= Self.leastBeginning
            let asked = Word(stem: word.stem, beginning: isBeginning ? word.folded : nil)
            words.removeAll { $0.stem == asked.stem }
            words.append(asked)
        }
        self.words = words
    }

    /// Asks an index in which each word has a prefix.
    func query(prefix: String) -> TextQuery {
        .all(
            words.map { word in
                let whole = TextQuery.word(prefix + word.stem)
                guard let beginning = word.beginning else { return whole }
                return .any([whole, .beginning(prefix + beginning)])
            })
    }

    /// Whether one of the words is meant by a word of a text.
    func finds(_ word: FoldedWord) -> Bool {
        words.contains { asked in
            if asked.stem == word.stem { return true }
            guard let beginning = asked.beginning else { return false }
            return word.forms.contains { $0.hasPrefix(beginning) }
        }
    }

    /// How well a document answers, the same on both engines.
    ///
    /// A whole word counts for more than a beginning, a name or topic for more than a message, and
    /// a short text for more than a long one.
    ///
    /// - Parameter document: One that has all words.
    /// - Returns: More than 0, in thousandths.
    func rank(of document: SearchDocument) -> Int {
        let there = Set(document.words)
        let whole = words.count { there.contains($0.stem) }
        let exactness = 500 + 500 * whole / max(words.count, 1)
        let brevity = 500 * words.count / max(document.words.count, words.count, 1)
        return exactness + brevity + (document.key == .body ? 0 : 500)
    }
}

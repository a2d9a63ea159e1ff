/// Respells a statement of the schema for one engine.
///
/// Works on whole words in capitals outside quotes and comments, which is how the migrations are
/// written; it knows no more of SQL than that.
struct Dialect {
    let engine: Engine

    func respell(_ statement: String) -> String {
        var words = SQLWords(statement).parts
        let isTable = words.isCreateTable
        switch engine {
        case .sqlite:
            words.replace(["DOUBLE", "PRECISION"], with: "REAL")
            words.replace(["BIGINT"], with: "INTEGER")
            words.replace(["SMALLINT"], with: "INTEGER")
            words.replace(["BYTEA"], with: "BLOB")
            guard isTable, !words.holds("STRICT") else { return words.text }
            return words.text.trimmingTrailingSpace()
                + (words.holds("ROWID") ? ", STRICT" : " STRICT")
        case .postgres:
            words.replace(["WITHOUT", "ROWID"], with: "")
            words.replace(["STRICT"], with: "")
            words.replace(["BLOB"], with: "BYTEA")
            if isTable || words.isAlterTable {
                words.replace(["TEXT"], with: "TEXT COLLATE \"C\"", unlessAfter: "AS")
            }
            return words.text
        }
    }
}

/// A statement in parts: words, and what is between them.
private struct SQLWords {
    struct Part {
        var text: String
        let isWord: Bool
    }

    var parts: [Part] = []

    init(_ statement: String) {
        let characters = Array(statement.unicodeScalars)
        var index = 0
        while index < characters.count {
            let start = index
            let scalar = characters[index]
            var isWord = false
            if scalar == "'" || scalar == "\"" {
                index = Self.end(ofQuote: scalar, in: characters, from: index)
            } else if scalar == "-", characters.dropFirst(index + 1).first == "-" {
                while index < characters.count, characters[index] != "\n" { index += 1 }
            } else if scalar.isWordPart {
                isWord = true
                while index < characters.count, characters[index].isWordPart { index += 1 }
            } else {
                index += 1
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: characters[start..<index])
            parts.append(Part(text: String(text), isWord: isWord))
        }
    }

    private static func end(
        ofQuote quote: Unicode.Scalar, in characters: [Unicode.Scalar], from start: Int
    ) -> Int {
        // A doubled quote reads as two quoted texts side by side, which is the same to us.
        let rest = characters[(start + 1)...]
        return (rest.firstIndex(of: quote) ?? characters.count - 1) + 1
    }
}

extension [SQLWords.Part] {
    fileprivate var text: String { map(\.text).joined() }

    private var firstWords: [String] { lazy.filter(\.isWord).prefix(2).map(\.text) }

    fileprivate var isCreateTable: Bool { firstWords == ["CREATE", "TABLE"] }
    fileprivate var isAlterTable: Bool { firstWords == ["ALTER", "TABLE"] }

    fileprivate func holds(_ word: String) -> Bool {
        contains { $0.isWord && $0.text == word }
    }

    /// Replaces words that follow each other.
    fileprivate mutating func replace(
        _ words: [String], with replacement: String, unlessAfter previous: String? = nil
    ) {
        let places = indices.filter { self[$0].isWord }
        for start in places.indices.dropLast(words.count - 1) {
            let run = places[start..<(start + words.count)]
            guard run.map({ self[$0].text }) == words else { continue }
            if start > 0, self[places[start - 1]].text == previous { continue }
            guard let first = run.first, let last = run.last else { continue }
            for place in first...last { self[place].text = "" }
            self[first].text = replacement
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isWordPart: Bool {
        self == "_" || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
            || ("0"..."9").contains(self)
    }
}

extension String {
    fileprivate func trimmingTrailingSpace() -> String {
        var text = self[...]
        while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
        return String(text)
    }
}

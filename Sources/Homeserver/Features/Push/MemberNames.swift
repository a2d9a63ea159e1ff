import Database
import MatrixTypes
import Synchronization

/// By which words the local members of a room may be meant, so that a message is compared with the
/// names of those alone who can be in it.
///
/// Each is found by one word of their display name, and by one of their ID. More may be found than are
/// meant: who has left, or is called otherwise now. Whoever asks looks closer.
final class MemberNames: Sendable {
    private struct Index {
        var byWord: [String: Set<UserID>] = [:]
        /// Names without a letter of ASCII, by their first code point.
        var byCodePoint: [Unicode.Scalar: Set<UserID>] = [:]
    }

    private let index = Mutex(Index())

    init() {}

    func add(_ user: UserID, _ displayName: String?) {
        index.withLock { index in
            for name in [user.localpart, displayName ?? ""] where !name.isEmpty {
                if let word = Self.words(of: name).max(by: { $0.utf8.count < $1.utf8.count }) {
                    index.byWord[word, default: []].insert(user)
                } else if let first = Self.otherCodePoints(of: name).first {
                    index.byCodePoint[first, default: []].insert(user)
                }
            }
        }
    }

    /// Who may be named in a text.
    func candidates(in text: String) -> Set<UserID> {
        index.withLock { index in
            var found: Set<UserID> = []
            for word in Self.words(of: text) {
                if let users = index.byWord[word] { found.formUnion(users) }
            }
            guard !index.byCodePoint.isEmpty else { return found }
            for scalar in Set(Self.otherCodePoints(of: text)) {
                if let users = index.byCodePoint[scalar] { found.formUnion(users) }
            }
            return found
        }
    }

    /// The runs of `[A-Za-z0-9_]`, in lower case: words as push rules have them.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                word.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
            default:
                if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
                word.removeAll(keepingCapacity: true)
            }
        }
        if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    private static func otherCodePoints(of text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { !$0.isASCII }
            .map { $0.properties.lowercaseMapping.unicodeScalars.first ?? $0 }
    }
}

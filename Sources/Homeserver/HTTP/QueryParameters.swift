/// The parameters of a request's query, percent-decoded, in the order they came.
struct QueryParameters: Sendable {
    private let pairs: [(name: String, value: String)]

    /// - Parameter query: What follows `?`, as on the wire; nil where there is none.
    init(_ query: Substring?) {
        guard let query, !query.isEmpty else {
            pairs = []
            return
        }
        pairs = query.split(separator: "&").prefix(100).compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.flatMap({ percentDecoded($0, plusIsSpace: true) }) else {
                return nil
            }
            let value = parts.count > 1 ? percentDecoded(parts[1], plusIsSpace: true) : ""
            return value.map { (name, $0) }
        }
    }

    /// The first value of the parameter.
    subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// A whole number; an absent one is nil.
    ///
    /// - Throws: `M_INVALID_PARAM` where it is no number, or below zero.
    func int(_ name: String) throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let value = Int(text), value >= 0 else { throw MatrixError.invalidParameter(name) }
        return value
    }

    /// `true` or `false`; an absent one is nil.
    func bool(_ name: String) throws -> Bool? {
        switch self[name] {
        case nil: nil
        case "true", "1": true
        case "false", "0": false
        default: throw MatrixError.invalidParameter(name)
        }
    }

    /// How many items a page has: what was asked for, held to `most`.
    func limit(default usual: Int, most: Int) throws -> Int {
        guard let asked = try int("limit") else { return usual }
        return max(1, min(asked, most))
    }
}

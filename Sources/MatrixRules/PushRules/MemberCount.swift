/// A comparison with the number of members in a room, such as `<=10`.
package struct MemberCount: Hashable, Sendable {
    /// As it was written.
    package let text: String
    private let comparison: Comparison
    private let count: Int

    private enum Comparison: String, CaseIterable {
        // What begins with another comes before it.
        case equal = "=="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case more = ">"
    }

    /// Nil for what is not a decimal integer with one of `==`, `<`, `>`, `>=`, `<=` or nothing before.
    package init?(_ text: String) {
        let prefix = Comparison.allCases.first { text.hasPrefix($0.rawValue) }
        let digits = text.dropFirst(prefix?.rawValue.count ?? 0)
        guard digits.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            let count = Int(digits)
        else { return nil }
        self.text = text
        comparison = prefix ?? .equal
        self.count = count
    }

    func admits(_ memberCount: Int) -> Bool {
        switch comparison {
        case .equal: memberCount == count
        case .atMost: memberCount <= count
        case .atLeast: memberCount >= count
        case .less: memberCount < count
        case .more: memberCount > count
        }
    }
}

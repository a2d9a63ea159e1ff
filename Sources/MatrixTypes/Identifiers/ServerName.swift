/// The name of a homeserver: a host name or an address, and perhaps a port. Case matters.
///
/// - Spec: [Server Name](https://spec.matrix.org/v1.19/appendices/#server-name)
package struct ServerName: Identifier {
    package let rawValue: String

    package init?(_ text: String) {
        guard Self.isValid(text.utf8[...]) else { return nil }
        rawValue = text
    }

    package init(unchecked text: String) { rawValue = text }

    /// The name without the port, and an IPv6 address with its brackets.
    package var host: Substring {
        if rawValue.utf8.first == UInt8(ascii: "["), let end = rawValue.utf8.lastIndex(of: 0x5D) {
            return rawValue[...end]
        }
        return Substring(rawValue.utf8.prefix { $0 != UInt8(ascii: ":") })
    }

    package var port: Int? {
        let rest = rawValue.utf8.dropFirst(host.utf8.count)
        return rest.isEmpty ? nil : Int(Substring(rest.dropFirst()))
    }

    /// The host is an IPv4 or IPv6 address.
    package var isIPLiteral: Bool {
        rawValue.utf8.first == UInt8(ascii: "[") || IPv4Grammar.isAddress(host.utf8)
    }

    /// Checks the grammar, and that labels are not empty: `..` is no server name.
    static func isValid(_ name: Substring.UTF8View) -> Bool {
        guard (1...255).contains(name.count) else { return false }
        if name.first == UInt8(ascii: "[") {
            guard let end = name.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = name[name.index(after: name.startIndex)..<end]
            return IPv6Grammar.isAddress(address) && isPort(name[name.index(after: end)...])
        }
        let end = name.firstIndex(of: UInt8(ascii: ":")) ?? name.endIndex
        return isHost(name[..<end]) && isPort(name[end...])
    }

    private static func isHost(_ host: Substring.UTF8View) -> Bool {
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard
            labels.allSatisfy({ label in
                !label.isEmpty
                    && label.allSatisfy { $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") }
            })
        else { return false }
        let looksLikeIPv4 =
            labels.count == 4
            && labels.allSatisfy { $0.count <= 3 && $0.allSatisfy(\.isASCIIDigit) }
        return !looksLikeIPv4 || IPv4Grammar.isAddress(host)
    }

    /// Nothing, or a colon and one to five digits.
    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        guard let colon = text.first else { return true }
        let digits = text.dropFirst()
        guard colon == UInt8(ascii: ":"), (1...5).contains(digits.count),
            digits.allSatisfy(\.isASCIIDigit), let port = Int(Substring(digits))
        else { return false }
        return port <= 65_535
    }
}

enum IPv4Grammar {
    static func isAddress(_ text: Substring.UTF8View) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy(\.isASCIIDigit)
                    && part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
            }
    }
}

/// - Spec: RFC 3513, section 2.2
enum IPv6Grammar {
    static func isAddress(_ text: Substring.UTF8View) -> Bool {
        guard (2...45).contains(text.count) else { return false }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return false }

        // `::` is an empty part; at an end of the address it is two, of which the outer one goes.
        var middle = parts[...]
        if let first = parts.first, first.isEmpty {
            guard parts[1].isEmpty else { return false }
            middle = middle.dropFirst()
        }
        if let last = parts.last, last.isEmpty {
            guard parts[parts.count - 2].isEmpty else { return false }
            middle = middle.dropLast()
        }
        var groups = 0
        var gaps = 0
        for (place, part) in zip(middle.indices, middle) {
            if part.isEmpty {
                gaps += 1
            } else if place == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard IPv4Grammar.isAddress(part) else { return false }
                groups += 2
            } else {
                guard part.count <= 4, part.allSatisfy(\.isASCIIHexDigit) else { return false }
                groups += 1
            }
        }
        return gaps == 0 ? groups == 8 : gaps == 1 && groups <= 7
    }
}

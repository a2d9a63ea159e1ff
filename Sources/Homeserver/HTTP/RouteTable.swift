import HTTPTypes

/// Which handler answers which path: a tree by path component, with `{name}` for what varies.
///
/// Routes are whole paths: nothing matches a longer path, a trailing slash, or a component that is
/// empty, so that no proxy rule can be slipped past by adding to one (attack list, B7).
struct RouteTable<Handler: Sendable>: Sendable {
    private struct Node: Sendable {
        var literal: [String: Int] = [:]
        var variable: (name: String, node: Int)?
        var handlers: [HTTPRequest.Method: Handler] = [:]
    }

    /// What a path was found to be.
    enum Match {
        case handler(Handler, PathParameters)
        /// The path exists, but does not take this method.
        case wrongMethod
        case unknown
    }

    private var nodes: [Node] = [Node()]
    /// Every route as it was registered, for documents and tests.
    private(set) var routes: [(method: HTTPRequest.Method, path: String)] = []

    mutating func add(_ method: HTTPRequest.Method, _ path: String, _ handler: Handler) {
        precondition(path.hasPrefix("/"), "a route begins with a slash")
        var current = 0
        for component in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            current = child(of: current, for: String(component))
        }
        precondition(nodes[current].handlers[method] == nil, "\(method) \(path) is there twice")
        nodes[current].handlers[method] = handler
        routes.append((method, path))
    }

    private mutating func child(of node: Int, for component: String) -> Int {
        if component.hasPrefix("{"), component.hasSuffix("}") {
            let name = String(component.dropFirst().dropLast())
            if let (existing, next) = nodes[node].variable {
                precondition(existing == name, "{\(name)} and {\(existing)} stand at one place")
                return next
            }
            nodes.append(Node())
            nodes[node].variable = (name, nodes.count - 1)
            return nodes.count - 1
        }
        if let next = nodes[node].literal[component] { return next }
        nodes.append(Node())
        nodes[node].literal[component] = nodes.count - 1
        return nodes.count - 1
    }

    /// - Parameter path: As on the wire: percent-encoded, without the query.
    func match(_ method: HTTPRequest.Method, _ path: Substring) -> Match {
        guard path.utf8.first == UInt8(ascii: "/") else { return .unknown }
        var components: [Substring] = []
        for component in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            components.append(component)
            if components.count > 20 { return .unknown }
        }
        var captured: [(String, Substring)] = []
        guard let node = find(components[...], from: 0, &captured) else { return .unknown }
        guard let handler = nodes[node].handlers[method] else { return .wrongMethod }
        var parameters = PathParameters()
        for (name, raw) in captured {
            guard let value = percentDecoded(raw) else { return .unknown }
            parameters.set(name, value)
        }
        return .handler(handler, parameters)
    }

    /// Prefers the literal component, and falls back on the variable one.
    private func find(
        _ components: ArraySlice<Substring>, from node: Int,
        _ captured: inout [(String, Substring)]
    ) -> Int? {
        guard let component = components.first else {
            return nodes[node].handlers.isEmpty ? nil : node
        }
        let rest = components.dropFirst()
        if let next = nodes[node].literal[String(component)],
            let found = find(rest, from: next, &captured)
        {
            return found
        }
        guard let (name, next) = nodes[node].variable else { return nil }
        captured.append((name, component))
        if let found = find(rest, from: next, &captured) { return found }
        captured.removeLast()
        return nil
    }
}

/// The values of a path's `{name}` components, percent-decoded.
struct PathParameters: Sendable {
    private var values: [(name: String, value: String)] = []

    mutating func set(_ name: String, _ value: String) { values.append((name, value)) }

    subscript(name: String) -> String? { values.first { $0.name == name }?.value }
}

/// Undoes percent-encoding. Nil for a malformed escape, or bytes that are not UTF-8.
func percentDecoded(_ text: Substring, plusIsSpace: Bool = false) -> String? {
    let utf8 = text.utf8
    guard utf8.contains(where: { $0 == 0x25 || (plusIsSpace && $0 == 0x2B) }) else {
        return String(text)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    var iterator = utf8.makeIterator()
    while let byte = iterator.next() {
        switch byte {
        case 0x25:
            guard let high = iterator.next().flatMap(hexDigit),
                let low = iterator.next().flatMap(hexDigit)
            else { return nil }
            bytes.append(high << 4 | low)
        case 0x2B where plusIsSpace: bytes.append(0x20)
        default: bytes.append(byte)
        }
    }
    return String(validating: bytes, as: UTF8.self)
}

private func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
}

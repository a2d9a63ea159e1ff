/// The grammar of identifiers that are compared and nothing else.
///
/// - Spec: [Opaque Identifiers](https://spec.matrix.org/v1.19/appendices/#opaque-identifiers)
package struct OpaqueID: Identifier {
    package let rawValue: String

    package init?(_ text: String) {
        guard (1...255).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "-._~".utf8.contains($0) })
        else { return nil }
        rawValue = text
    }

    package init(unchecked text: String) { rawValue = text }
}

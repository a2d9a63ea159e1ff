/// The way to a property of an event, such as `content.m\.relates_to.rel_type`.
///
/// - Spec: [Dot-separated property paths](https://spec.matrix.org/v1.19/appendices/#dot-separated-property-paths)
package struct PropertyPath: Hashable, Sendable {
    /// As it was written.
    package let text: String
    let names: [String]

    package init(_ text: String) {
        self.text = text
        var names: [String] = []
        var name = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                // Other escapes are no escapes.
                if scalar != ".", scalar != "\\" { name.append("\\") }
                name.append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "." {
                names.append(String(name))
                name.removeAll()
            } else {
                name.append(scalar)
            }
        }
        if isEscaped { name.append("\\") }
        self.names = names + [String(name)]
    }

    static let body = PropertyPath("content.body")
}

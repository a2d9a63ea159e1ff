/// The name of a room version. Which ones we know is up to the rules.
///
/// - Spec: [Room versions](https://spec.matrix.org/v1.19/rooms/)
package struct RoomVersion: WireText, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ text: String) { rawValue = text }
    package init(stringLiteral text: String) { rawValue = text }
}

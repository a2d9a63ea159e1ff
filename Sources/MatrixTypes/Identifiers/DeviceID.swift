/// The name of one of a user's devices. Clients choose it freely: any text of 1 to 255 bytes
/// without NUL.
///
/// - Spec: [Relationship between access tokens and devices](https://spec.matrix.org/v1.19/client-server-api/#relationship-between-access-tokens-and-devices)
package struct DeviceID: Identifier {
    package let rawValue: String

    package init?(_ text: String) {
        guard (1...255).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        rawValue = text
    }

    package init(unchecked text: String) { rawValue = text }
}

/// How a room version makes event IDs .
///
/// - Spec: [Event IDs](https://spec.matrix.org/v1.19/appendices/#event-ids)
package enum EventIDFormat: Sendable {
    /// Until v2: the sender chooses it.
    case chosenBySender
    /// v3: Base64.
    case base64
    /// Since v4: Base64 of the URL-safe alphabet.
    case urlSafeBase64
}

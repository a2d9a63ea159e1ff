import Crypto
package import MatrixTypes

/// The SHA-256 of an event's canonical JSON without `hashes`, `signatures` and `unsigned`: it shows
/// whether the event is whole.
///
/// - Spec: [Calculating the content hash for an event](https://spec.matrix.org/v1.19/server-server-api/#calculating-the-content-hash-for-an-event)
package func contentHash(ofCanonical bytes: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(data: bytes))
}

/// The content hash of an event as it came.
package func contentHash(of event: JSONObject) throws(JSONError) -> [UInt8] {
    contentHash(ofCanonical: try event.canonical(without: ["hashes", "signatures", "unsigned"]))
}

/// The event says `hashes.sha256`, and it is right.
package func hasRightContentHash(_ event: JSONObject) throws(JSONError) -> Bool {
    guard let text = event["hashes"]?["sha256"]?.string, let hash = Base64.decode(text) else {
        return false
    }
    return try contentHash(of: event) == hash
}

/// The SHA-256 that identifies an event, made of what a redaction leaves of it.
///
/// - Parameter event: The redacted event. `signatures`, `unsigned` and `age_ts` do not count.
/// - Spec: [Calculating the reference hash for an event](https://spec.matrix.org/v1.19/server-server-api/#calculating-the-reference-hash-for-an-event)
package func referenceHash(ofRedacted event: JSONObject) throws(JSONError) -> [UInt8] {
    Array(SHA256.hash(data: try event.canonical(without: ["signatures", "unsigned", "age_ts"])))
}

/// The same for the bytes of the redacted event.
package func referenceHash(ofRedactedCanonical bytes: [UInt8]) throws(JSONError) -> [UInt8] {
    try referenceHash(ofRedacted: JSONObject(parsing: bytes))
}

/// The ID of an event, since v3.
///
/// - Parameter bytes: The redacted event, its signatures included or not.
/// - Returns: Nil where the sender chooses it.
package func eventID(
    ofRedactedCanonical bytes: [UInt8], format: EventIDFormat
) throws(JSONError) -> EventID? {
    let alphabet: Base64.Alphabet
    switch format {
    case .chosenBySender: return nil
    case .base64: alphabet = .standard
    case .urlSafeBase64: alphabet = .urlSafe
    }
    let hash = try referenceHash(ofRedactedCanonical: bytes)
    return EventID(unchecked: "$" + Base64.encode(hash, alphabet))
}

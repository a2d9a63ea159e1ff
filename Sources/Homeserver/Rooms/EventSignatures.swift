import MatrixSigning
import MatrixTypes

/// The signatures that the authorization rules ask about, beside those of servers.
enum EventSignatures {
    /// Whether any signature in an object was made with a key, as invitations by e-mail are.
    ///
    /// - Parameter key: Base64, as the invitation says it.
    @Sendable
    static func isSigned(_ signed: JSONObject, _ key: String) -> Bool {
        guard let key = PublicKey(base64: key), let signers = signed["signatures"]?.object,
            let bytes = try? signed.canonical(without: ["signatures", "unsigned"])
        else { return false }
        return signers.contains { _, keys in
            keys.object?.contains { _, signature in
                guard let text = signature.string, let raw = Base64.decode(text) else {
                    return false
                }
                return key.isValid(signature: raw, of: bytes)
            } ?? false
        }
    }
}

/// The content of `m.room.third_party_invite`: an invitation of someone who has no user ID yet.
///
/// - State key: the token that the identity server gave for the invitation.
/// - Spec: [m.room.third_party_invite](https://spec.matrix.org/v1.19/client-server-api/#mroomthird_party_invite)
package struct ThirdPartyInvite: StateEventContent {
    package static let type: EventType = .thirdPartyInvite

    package let displayName: String
    /// The keys of which one must have signed the acceptance. Empty once the event has been redacted.
    package let publicKeys: [Key]

    package struct Key: Equatable, Sendable {
        /// Ed25519, in Base64 of either alphabet.
        package let publicKey: String
        /// Tells whether the key is still valid. Nil: for ever.
        package let validityURL: String?
    }

    package init(from content: JSONObject) throws(JSONError) {
        displayName = content["display_name"]?.string ?? ""
        var keys: [Key] = []
        if let key = content["public_key"]?.string {
            keys.append(Key(publicKey: key, validityURL: content["key_validity_url"]?.string))
        }
        for entry in content["public_keys"]?.array ?? JSONArray.empty {
            guard let key = entry["public_key"]?.string else { continue }
            keys.append(Key(publicKey: key, validityURL: entry["key_validity_url"]?.string))
        }
        publicKeys = keys
    }
}

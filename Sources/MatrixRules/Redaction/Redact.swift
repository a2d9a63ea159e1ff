package import MatrixTypes

/// What a redaction leaves of an event, as canonical JSON.
///
/// The hashes and signatures stay; `unsigned` goes, since it is no part of what servers agree on. An
/// event's reference hash and its signatures are made of this form.
///
/// - Parameter event: In the layout of its room version; neither its types nor its sizes are checked.
/// - Throws: When something that stays has no canonical form.
/// - Spec: [Redactions](https://spec.matrix.org/v1.19/rooms/v11/#redactions), and those of the other
///   room versions
package func redact(
    _ event: JSONObject, under rules: RoomRules
) throws(JSONError) -> [UInt8] {
    try jsonBytes { (redacted) throws(JSONError) in
        for key in rules.redaction.keys {
            guard let value = event[key] else { continue }
            if key == "content" {
                let type = EventType(event["type"]?.string ?? "")
                let content = value.object ?? .empty
                redacted.raw(key, try redactedContent(content, type: type, under: rules))
            } else {
                redacted.raw(key, try value.canonical())
            }
        }
    }
}

/// What a redaction leaves of the content of an event, as canonical JSON.
package func redactedContent(
    _ content: JSONObject, type: EventType, under rules: RoomRules
) throws(JSONError) -> [UInt8] {
    switch rules.redaction.content[type] {
    case nil: return Array("{}".utf8)
    case .everything: return try content.canonical()
    case .keys(let keys):
        return try jsonBytes { (kept) throws(JSONError) in
            for key in keys {
                if let value = content[key] { kept.raw(key, try value.canonical()) }
            }
        }
    case .keysAndSignedInvite(let keys):
        return try jsonBytes { (kept) throws(JSONError) in
            for key in keys {
                if let value = content[key] { kept.raw(key, try value.canonical()) }
            }
            guard let invite = content["third_party_invite"]?.object else { return }
            // The spec does not say what is left of an invite without `signed`. Synapse leaves an
            // empty object, and the hashes of its rooms are made with it.
            try kept.object("third_party_invite") { (invitation) throws(JSONError) in
                guard let signed = invite["signed"] else { return }
                invitation.raw("signed", try signed.canonical())
            }
        }
    }
}

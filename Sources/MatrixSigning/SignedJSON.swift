package import MatrixTypes

/// Why a signature is not taken.
package enum SignatureError: Error, Equatable {
    /// Nothing under the signer's name, with an algorithm that we know.
    case notSigned(by: String)
    /// None of the keys that signed is at hand.
    case unknownKey(ids: [String])
    /// Not Base64.
    case unreadable(id: String)
    /// Signed, but not this.
    case mismatch(id: String)
    /// The object has no canonical form.
    case json(JSONError)
}

/// Signs an object.
///
/// - Returns: The object as canonical JSON, the signature added to those that it has.
/// - Throws: What has no canonical form; `signatures` that are not objects.
/// - Spec: [Signing Details](https://spec.matrix.org/v1.19/appendices/#signing-details)
package func sign(
    _ object: JSONObject, as signer: String, with key: SigningKey
) throws(JSONError) -> [UInt8] {
    let signature = key.sign(try object.canonical(without: ["signatures", "unsigned"]))
    var changes: [String: [UInt8]?] = [
        "signatures": try adding(signature, by: signer, key.id, to: object)
    ]
    if let unsigned = object["unsigned"] { changes["unsigned"] = try unsigned.canonical() }
    return try object.canonical(changing: changes)
}

/// Signs an object as a server.
package func sign(
    _ object: JSONObject, as server: ServerName, with key: SigningKey
) throws(JSONError) -> [UInt8] {
    try sign(object, as: server.rawValue, with: key)
}

/// The object's `signatures` with one more, as canonical JSON. A signature by the same key gives way.
package func adding(
    _ signature: [UInt8], by signer: String, _ keyID: String, to object: JSONObject
) throws(JSONError) -> [UInt8] {
    let all = try object.object("signatures") ?? .empty
    let own = try all.object(signer) ?? .empty
    var text = JSONWriter()
    text.string(Base64.encode(signature))
    return try all.canonical(changing: [signer: own.canonical(changing: [keyID: text.bytes])])
}

/// Checks that `signer` signed the object with one of `keys`.
///
/// - Parameter keys: The signer's keys that may be used now, by their IDs.
/// - Returns: The ID of the key that signed.
/// - Spec: [Checking for a Signature](https://spec.matrix.org/v1.19/appendices/#checking-for-a-signature);
///   the numbers below are its steps.
@discardableResult
package func verify(
    _ object: JSONObject, signedBy signer: String, keys: [String: PublicKey]
) throws(SignatureError) -> String {
    // 1. and 2. What the signer has signed with algorithms that we know.
    let entries = object["signatures"]?[signer]?.object ?? .empty
    let signatures = entries.filter { SigningKey.isID($0.key) }
    guard !signatures.isEmpty else { throw .notSigned(by: signer) }

    // 3. The keys among them that we have.
    let known = signatures.compactMap { entry in keys[entry.key].map { (entry, key: $0) } }
    guard !known.isEmpty else { throw .unknownKey(ids: signatures.map(\.key)) }

    // 5. and 6. What was signed.
    let signed: [UInt8]
    do {
        signed = try object.canonical(without: ["signatures", "unsigned"])
    } catch {
        throw .json(error)
    }

    // 4. and 7. One good signature is enough: a second one by an old key does no harm.
    var failure: SignatureError = .notSigned(by: signer)
    for ((id, value), key) in known {
        guard let signature = value.string.flatMap(Base64.decode) else {
            failure = .unreadable(id: id)
            continue
        }
        if key.isValid(signature: signature, of: signed) { return id }
        failure = .mismatch(id: id)
    }
    throw failure
}

/// Checks that a server signed the object.
@discardableResult
package func verify(
    _ object: JSONObject, signedBy server: ServerName, keys: [String: PublicKey]
) throws(SignatureError) -> String {
    try verify(object, signedBy: server.rawValue, keys: keys)
}

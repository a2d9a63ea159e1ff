import HTTPTypes
import MatrixSigning
import MatrixTypes

/// Signatures by devices and people, whose keys are called by any device ID or by themselves.
extension JSONObject {
    /// Whether `key` signed the object, under the name `ed25519:NAME` of `signer`.
    ///
    /// - Spec: [Checking for a Signature](https://spec.matrix.org/v1.19/appendices/#checking-for-a-signature)
    func isSigned(by signer: UserID, _ name: String, _ key: PublicKey) -> Bool {
        guard let text = self["signatures"]?[signer.rawValue]?["ed25519:\(name)"]?.string,
            let signature = Base64.decode(text), let signed = try? unsigned()
        else { return false }
        return key.isValid(signature: signature, of: signed)
    }

    /// What is signed: canonical, without `signatures` and `unsigned`.
    func unsigned() throws(JSONError) -> [UInt8] {
        try canonical(without: ["signatures", "unsigned"])
    }

    /// Canonical, with the signatures of one signer alone, and without `unsigned`.
    ///
    /// - Throws: `wrongType` where the signatures are no texts.
    func canonical(keepingSignaturesBy signer: UserID) throws(JSONError) -> [UInt8] {
        let own = try object("signatures")?.object(signer.rawValue) ?? .empty
        for (key, signature) in own where signature.string == nil {
            throw .wrongType(key: key, expected: .string)
        }
        let canonical = try own.canonical()
        let kept = jsonBytes { if !own.isEmpty { $0.raw(signer.rawValue, canonical) } }
        return try self.canonical(changing: ["signatures": kept, "unsigned": nil])
    }
}

extension MatrixError.Code {
    static let invalidSignature = Self(rawValue: "M_INVALID_SIGNATURE")
}

extension MatrixError {
    static func invalidSignature(_ message: String) -> MatrixError {
        MatrixError(.badRequest, .invalidSignature, message)
    }
}

import MatrixSigning
import MatrixTypes

/// The identity keys of a device, checked as far as the server can.
///
/// - Spec: [Device keys](https://spec.matrix.org/v1.19/client-server-api/#device-keys)
struct DeviceKeys: Sendable {
    static let maxBytes = 16_384

    let device: UserDevice
    /// Canonical, with the signatures of the device's owner.
    let bytes: [UInt8]
    /// What is signed: the keys without any signature.
    let identity: [UInt8]

    /// - Parameter object: As a client uploads it for `device`.
    /// - Throws: `M_BAD_JSON` for another shape, `M_INVALID_PARAM` for keys of another device,
    ///   `M_INVALID_SIGNATURE` where the device's own key did not sign.
    init(_ object: JSONObject, of device: UserDevice) throws {
        guard object.bytes.count <= Self.maxBytes else {
            throw MatrixError.tooLarge("A device's keys have \(Self.maxBytes) bytes at most.")
        }
        try readingBody {
            guard try object.requiredString("user_id") == device.userID.rawValue else {
                throw MatrixError.invalidParameter(
                    "user_id", "These are the keys of somebody else.")
            }
            guard try object.requiredString("device_id") == device.deviceID.rawValue else {
                throw MatrixError.invalidParameter(
                    "device_id", "These are the keys of another device.")
            }
            _ = try object.requiredStrings("algorithms")
            _ = try object.requiredObject("signatures")
        }
        let keys = try readingBody { try object.requiredObject("keys") }
        guard keys.allSatisfy({ $0.value.string != nil }) else {
            throw MatrixError.badJSON("Each of `keys` is a text.")
        }
        guard let key = Self.signingKey(in: object, device.deviceID) else {
            throw MatrixError.invalidParameter("keys", "There is no Ed25519 key of the device.")
        }
        guard object.isSigned(by: device.userID, device.deviceID.rawValue, key) else {
            throw MatrixError.invalidSignature("The device's own key did not sign these keys.")
        }
        self.device = device
        (bytes, identity) = try readingBody {
            (try object.canonical(keepingSignaturesBy: device.userID), try object.unsigned())
        }
    }

    /// The key with which a device signs, out of its keys.
    static func signingKey(in keys: JSONObject, _ device: DeviceID) -> PublicKey? {
        keys["keys"]?["ed25519:\(device)"]?.string.flatMap { PublicKey(base64: $0) }
    }
}

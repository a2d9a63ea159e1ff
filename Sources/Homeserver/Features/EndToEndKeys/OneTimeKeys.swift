import MatrixTypes

/// One-time or fallback keys as a client uploads them.
///
/// - Spec: [One-time and fallback keys](https://spec.matrix.org/v1.19/client-server-api/#one-time-and-fallback-keys)
struct OneTimeKeys: Sendable {
    /// What a device may have uploaded and not yet given out.
    static let mostOfDevice = 1_000
    static let maxKeyBytes = 4_096

    struct Key: Sendable {
        let algorithm: String
        let keyID: String
        /// JSON: a text, or an object with a text under `key`.
        let bytes: [UInt8]

        var name: String { "\(algorithm):\(keyID)" }
    }

    let keys: [Key]

    /// - Parameter object: Keys under names of the form `ALGORITHM:ID`; nil: none.
    /// - Throws: `M_BAD_JSON` for another shape, `M_TOO_LARGE` for too many or too long ones.
    init(_ object: JSONObject?) throws {
        var keys: [Key] = []
        for (name, value) in object ?? .empty {
            let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
                name.utf8.count <= 255, !name.utf8.contains(0),
                value.string != nil || value["key"]?.string != nil
            else {
                throw MatrixError.badJSON("Each key is called `algorithm:id`, and has a text.")
            }
            guard value.bytes.count <= Self.maxKeyBytes, keys.count < Self.mostOfDevice else {
                throw MatrixError.tooLarge("These are too many keys, or too long ones.")
            }
            do {
                keys.append(
                    Key(
                        algorithm: String(parts[0]), keyID: String(parts[1]),
                        bytes: try value.canonical()))
            } catch {
                throw MatrixError.badJSON("A key has no canonical form: \(error).")
            }
        }
        self.keys = keys
    }
}

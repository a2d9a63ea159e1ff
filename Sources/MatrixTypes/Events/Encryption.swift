/// The content of `m.room.encryption`: from here on the room is encrypted, for good.
///
/// - State key: always empty.
/// - Spec: [m.room.encryption](https://spec.matrix.org/v1.19/client-server-api/#mroomencryption)
package struct Encryption: StateEventContent {
    package static let type: EventType = .encryption

    /// `m.megolm.v1.aes-sha2`. Nil once the event has been redacted; the room stays encrypted.
    package let algorithm: String?
    package let rotationPeriodMS: Int?
    package let rotationPeriodMessages: Int?

    package init(from content: JSONObject) throws(JSONError) {
        algorithm = content["algorithm"]?.string
        rotationPeriodMS = content["rotation_period_ms"]?.int
        rotationPeriodMessages = content["rotation_period_msgs"]?.int
    }
}

import MatrixTypes

/// Once a room is encrypted its encryption stays, and is never weakened.
///
/// - Spec: [m.room.encryption](https://spec.matrix.org/v1.19/client-server-api/#mroomencryption)
struct EncryptionStays: EventPolicy {
    /// A session is used for no longer than this, unless the room said so from the start.
    static let longestPeriodMS = 604_800_000
    static let mostMessages = 100

    func check(_ draft: EventDraft, in room: RoomHead, _ timeline: Timeline) throws {
        guard room.wasEncrypted, draft.key == StateKey(.encryption) else { return }
        let new = try? Encryption(from: draft.content)
        guard new?.algorithm == Encryption.megolm else {
            throw MatrixError.forbidden("The encryption of a room cannot be turned off.")
        }
        let old = try timeline.pdu(StateKey(.encryption), in: room)
            .flatMap { try? Encryption(from: $0.content) }
        guard
            isAtMost(new?.rotationPeriodMS, old?.rotationPeriodMS, Self.longestPeriodMS),
            isAtMost(new?.rotationPeriodMessages, old?.rotationPeriodMessages, Self.mostMessages)
        else { throw MatrixError.forbidden("The encryption of a room cannot be weakened.") }
    }

    private func isAtMost(_ new: Int?, _ old: Int?, _ usual: Int) -> Bool {
        (new ?? usual) <= max(old ?? usual, usual)
    }
}

/// A room that replaces an encrypted one is encrypted.
struct EncryptedStaysEncrypted: NewRoomPolicy {
    func additions(to room: NewRoom) -> [StateKey: [UInt8]] {
        let key = StateKey(.encryption)
        guard room.replacesEncrypted, !Encryption.isMegolm(room.state[key]) else { return [:] }
        return [key: Encryption.megolmContent]
    }
}

extension Encryption {
    static let megolm = "m.megolm.v1.aes-sha2"

    /// The content of an event that turns encryption on.
    static var megolmContent: [UInt8] { jsonBytes { $0["algorithm"] = megolm } }

    /// Whether the content of an event turns on the encryption that we know.
    static func isMegolm(_ content: [UInt8]?) -> Bool {
        guard let content, let object = try? JSONObject(parsing: content) else { return false }
        return object["algorithm"]?.string == megolm
    }
}

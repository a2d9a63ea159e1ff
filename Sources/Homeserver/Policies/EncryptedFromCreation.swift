import MatrixTypes

/// Every private room and direct conversation is encrypted from its first event on, whichever client makes
/// it. A space is not: nobody speaks in it.
struct EncryptedFromCreation: NewRoomPolicy {
    func additions(to room: NewRoom) -> [StateKey: [UInt8]] {
        let key = StateKey(.encryption)
        guard room.kind == .private, room.type != "m.space",
            !Encryption.isMegolm(room.state[key])
        else { return [:] }
        return [key: Encryption.megolmContent]
    }
}

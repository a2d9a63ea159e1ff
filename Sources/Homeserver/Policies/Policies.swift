/// The rules of this deployment, beyond the specification. `--plain-matrix` turns all of them off.
enum Policies {
    static func events(_ configuration: Configuration) -> [any EventPolicy] {
        guard configuration.hasPolicies else { return [] }
        var policies: [any EventPolicy] = [
            PrivateStaysPrivate(), EncryptionStays(), FoundationsStay(),
        ]
        if configuration.encryptsPrivateRooms { policies.append(NoPlainMessages()) }
        return policies
    }

    static func newRooms(_ configuration: Configuration) -> [any NewRoomPolicy] {
        guard configuration.hasPolicies else { return [] }
        var policies: [any NewRoomPolicy] = [NoGuestsInPrivate(), EncryptedStaysEncrypted()]
        if configuration.encryptsPrivateRooms { policies.append(EncryptedFromCreation()) }
        return policies
    }
}

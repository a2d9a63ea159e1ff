import MatrixTypes

extension Authorization {
    /// Rule 1.
    func checkCreate(_ event: PDU) throws(Rejection) {
        // 1.1. Nothing comes before it.
        guard event.prevEvents.isEmpty else { throw .createHasPrevEvents }

        // 1.2. The room's ID is of the sender's server. Since v12: is that of the event itself.
        if rules.roomIDIsCreateHash {
            guard !event.hasRoomID else { throw .createHasRoomID }
        } else {
            guard event.roomID.server == event.sender.server else { throw .createOnAnotherServer }
        }

        // 1.3. The version is one that we know.
        if let version = event.content["room_version"] {
            guard let text = version.string, RoomRules.of(RoomVersion(text)) != nil else {
                throw .unknownRoomVersion
            }
        }

        // Until v10, 1.4. It says who made the room.
        guard rules.creatorIsSender || event.content["creator"] != nil else { throw .noCreator }

        // Since v12, 1.4. Those who share the creator's power are users.
        if rules.privilegesCreators, let creators = event.content["additional_creators"] {
            guard let users = creators.array?.strings,
                users.allSatisfy({ UserID($0) != nil })
            else { throw .badAdditionalCreators }
        }
        // 1.5. Otherwise, allow.
    }
}

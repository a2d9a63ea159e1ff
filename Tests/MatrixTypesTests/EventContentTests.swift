import SeededTesting
import Testing

@testable import MatrixTypes

struct EventContentTests {
    private func content<Content: EventContent>(
        _ text: String, as type: Content.Type = Content.self
    ) throws -> Content {
        try Content(from: object(text))
    }

    private func object(_ text: String) throws -> JSONObject {
        try JSONObject(parsing: Array(text.utf8))
    }

    @Test("A create event that says little is of version 1 and federated")
    func createDefaults() throws {
        let create: RoomCreate = try content("{}")
        #expect(create.roomVersion == "1" && create.isFederated)
        #expect(create.creator == nil && create.predecessor == nil && create.roomType == nil)
    }

    @Test("A create event is read whole")
    func create() throws {
        let create: RoomCreate = try content(
            """
            {"creator": "@amelie:x", "room_version": "12", "m.federate": false, "type": "m.space",
             "predecessor": {"room_id": "!old:x", "event_id": "$last"},
             "additional_creators": ["@basile:x"]}
            """)
        #expect(create.roomVersion == "12" && !create.isFederated && create.roomType == "m.space")
        #expect(create.predecessor?.roomID.rawValue == "!old:x")
        #expect(create.predecessor?.eventID?.rawValue == "$last")
        #expect(create.additionalCreators == ["@basile:x"])
        for bad in [
            #"{"room_version": 1}"#, #"{"m.federate": "no"}"#, #"{"additional_creators": [1]}"#,
        ] {
            #expect(throws: JSONError.self) { try content(bad, as: RoomCreate.self) }
        }
    }

    @Test("A membership is one of the five", arguments: Membership.allCases)
    func memberships(membership: Membership) throws {
        let member: RoomMember = try content(#"{"membership": "\#(membership.rawValue)"}"#)
        #expect(member.membership == membership)
    }

    @Test(
        "A membership that is none is refused",
        arguments: ["{}", #"{"membership": "JOIN"}"#, #"{"membership": 1}"#])
    func badMembership(text: String) {
        #expect(throws: JSONError.self) { try content(text, as: RoomMember.self) }
    }

    @Test("A display name that is no text is no reason to refuse a membership")
    func displayName() throws {
        let text =
            #"{"membership": "join", "displayname": 5, "avatar_url": null, "is_direct": "yes"}"#
        let member: RoomMember = try content(text)
        #expect(member.displayname == nil && member.avatarURL == nil && !member.isDirect)
    }

    @Test("Who vouches for a join counts for joins, and must be a user")
    func authorisedVia() throws {
        let member: RoomMember = try content(
            #"{"membership": "join", "join_authorised_via_users_server": "@basile:x"}"#)
        #expect(member.joinAuthorisedViaUsersServer?.rawValue == "@basile:x")
        #expect(throws: JSONError.self) {
            try content(
                #"{"membership": "join", "join_authorised_via_users_server": 1}"#,
                as: RoomMember.self)
        }
        let left: RoomMember = try content(
            #"{"membership": "leave", "join_authorised_via_users_server": 1}"#)
        #expect(left.joinAuthorisedViaUsersServer == nil)
    }

    @Test("A third-party invitation is read whole or refused")
    func thirdPartyMember() throws {
        let member: RoomMember = try content(
            """
            {"membership": "invite", "third_party_invite": {"display_name": "c…@x", "signed":
             {"mxid": "@chloe:x", "token": "t", "signatures": {}}}}
            """)
        #expect(member.thirdPartyInvite?.mxid.rawValue == "@chloe:x")
        #expect(member.thirdPartyInvite?.token == "t")
        for bad in ["1", "{}", #"{"signed": {}}"#, #"{"signed": {"mxid": "c", "token": "t"}}"#] {
            #expect(throws: JSONError.self) {
                try content(
                    #"{"membership": "invite", "third_party_invite": \#(bad)}"#, as: RoomMember.self
                )
            }
        }
    }

    @Test("Join rules: an open set, and the rooms whose members may join")
    func joinRules() throws {
        let rules: JoinRules = try content(
            """
            {"join_rule": "restricted", "allow": [
             {"type": "m.room_membership", "room_id": "!s:x"}, {"type": "other", "room_id": "!t:x"},
             {"type": "m.room_membership"}, 1]}
            """)
        #expect(rules.rule == .restricted)
        #expect(rules.allowedRooms.map(\.rawValue) == ["!s:x"])
        #expect(try content(#"{"join_rule": "z"}"#, as: JoinRules.self).rule.rawValue == "z")
        #expect(throws: JSONError.self) { try content("{}", as: JoinRules.self) }
    }

    @Test("An unknown history visibility is `shared`")
    func historyVisibility() throws {
        typealias Content = RoomHistoryVisibility
        #expect(
            try content(#"{"history_visibility": "world_readable"}"#, as: Content.self).visibility
                == .worldReadable)
        for text in ["{}", #"{"history_visibility": "all"}"#, #"{"history_visibility": 1}"#] {
            #expect(try content(text, as: Content.self).visibility == .shared)
        }
    }

    @Test("Names, topics and pictures are unset by null, and names by nothing")
    func texts() throws {
        #expect(try content(#"{"name": "Salon"}"#, as: RoomName.self).name == "Salon")
        #expect(try content(#"{"name": ""}"#, as: RoomName.self).name == nil)
        #expect(try content(#"{"name": null}"#, as: RoomName.self).name == nil)
        #expect(throws: JSONError.self) { try content(#"{"name": 1}"#, as: RoomName.self) }
        #expect(try content(#"{"topic": "Ici"}"#, as: RoomTopic.self).topic == "Ici")
        #expect(try content("{}", as: RoomTopic.self).topic == nil)
        #expect(try content(#"{"url": "mxc://a/b"}"#, as: RoomAvatar.self).url == "mxc://a/b")
    }

    @Test("A topic's representations say what they are, or are plain text")
    func topicBlock() throws {
        let topic: RoomTopic = try content(
            """
            {"topic": "Ici", "m.topic": {"m.text": [{"body": "<b>Ici</b>", "mimetype": "text/html"},
             {"body": "Ici"}, {"mimetype": "x"}, 5]}}
            """)
        #expect(topic.representations.map(\.mimetype) == ["text/html", "text/plain"])
        #expect(topic.representations.map(\.body) == ["<b>Ici</b>", "Ici"])
    }

    @Test("Aliases keep to their grammar, and the main one can be unset")
    func canonicalAlias() throws {
        let alias: CanonicalAlias = try content(##"{"alias": "#a:x", "alt_aliases": ["#b:x"]}"##)
        #expect(alias.alias?.rawValue == "#a:x" && alias.altAliases.map(\.rawValue) == ["#b:x"])
        #expect(try content(#"{"alias": ""}"#, as: CanonicalAlias.self).alias == nil)
        #expect(try content(#"{"alias": null}"#, as: CanonicalAlias.self).alias == nil)
        for bad in [#"{"alias": "a"}"#, #"{"alt_aliases": ["a"]}"#, #"{"alt_aliases": [1]}"#] {
            #expect(throws: JSONError.self) { try content(bad, as: CanonicalAlias.self) }
        }
    }

    @Test("A server ACL without an allow list lets nobody in, and anything odd is left out")
    func serverACL() throws {
        let nobody: ServerACL = try content("{}")
        #expect(nobody.allow.isEmpty && nobody.deny.isEmpty && nobody.allowsIPLiterals)
        let acl: ServerACL = try content(
            #"{"allow": ["*", 1], "deny": ["evil.com"], "allow_ip_literals": false}"#)
        #expect(acl.allow == ["*"] && acl.deny == ["evil.com"] && !acl.allowsIPLiterals)
        #expect(try content(#"{"allow_ip_literals": 0}"#, as: ServerACL.self).allowsIPLiterals)
    }

    @Test("The rest of the state is read, whatever is in it")
    func others() throws {
        #expect(try content(#"{"guest_access": "can_join"}"#, as: GuestAccess.self).guestsCanJoin)
        #expect(try !content(#"{"guest_access": 1}"#, as: GuestAccess.self).guestsCanJoin)
        let encryption: Encryption = try content(
            #"{"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 100}"#)
        #expect(encryption.algorithm == "m.megolm.v1.aes-sha2")
        #expect(encryption.rotationPeriodMessages == 100 && encryption.rotationPeriodMS == nil)
        let tombstone: Tombstone = try content(#"{"body": "Ailleurs", "replacement_room": "!n:x"}"#)
        #expect(tombstone.replacementRoom?.rawValue == "!n:x")
        let pinned: PinnedEvents = try content(#"{"pinned": ["$a", 1, "b", "$c:x"]}"#)
        #expect(pinned.pinned.map(\.rawValue) == ["$a", "$c:x"])
        let child: SpaceChild = try content(
            #"{"via": ["x", "bad name"], "order": "é", "suggested": true}"#)
        #expect(child.via?.map(\.rawValue) == ["x"] && child.order == nil && child.isSuggested)
        #expect(try content("{}", as: SpaceChild.self).via == nil)
        let parent: SpaceParent = try content(#"{"via": ["x"], "canonical": true}"#)
        #expect(parent.isCanonical)
        let redaction: Redaction = try content(#"{"redacts": "$a", "reason": "Erreur"}"#)
        #expect(redaction.redacts?.rawValue == "$a" && redaction.reason == "Erreur")
    }

    @Test("The order of a child has at most 50 plain characters")
    func childOrder() throws {
        let longest = String(repeating: "~", count: 50)
        #expect(try content(#"{"order": "\#(longest)"}"#, as: SpaceChild.self).order == longest)
        #expect(try content(#"{"order": "\#(longest)~"}"#, as: SpaceChild.self).order == nil)
    }

    @Test("All keys of a third-party invitation count")
    func thirdPartyInvite() throws {
        let invite: ThirdPartyInvite = try content(
            """
            {"display_name": "c…@x", "public_key": "k1", "key_validity_url": "https://x/",
             "public_keys": [{"public_key": "k2"}, {}, 1]}
            """)
        #expect(invite.publicKeys.map(\.publicKey) == ["k1", "k2"])
        #expect(invite.publicKeys.map(\.validityURL) == ["https://x/", nil])
    }

    @Test("Mentions are absent, empty, or users and perhaps the room")
    func mentions() throws {
        #expect(try Mentions(in: object("{}")) == nil)
        let empty = try #require(try Mentions(in: object(#"{"m.mentions": {}}"#)))
        #expect(empty.userIDs.isEmpty && !empty.mentionsRoom)
        let mentions = try #require(
            try Mentions(
                in: object(#"{"m.mentions": {"user_ids": ["@a:x", 1, "b"], "room": true}}"#)))
        #expect(mentions.userIDs.map(\.rawValue) == ["@a:x"] && mentions.mentionsRoom)
    }

    @Test("Relations: threads, replies, annotations, and what is none")
    func relations() throws {
        let thread = try RelatesTo(
            in: object(
                """
                {"m.relates_to": {"rel_type": "m.thread", "event_id": "$root",
                 "is_falling_back": true, "m.in_reply_to": {"event_id": "$last"}}}
                """))
        #expect(thread?.relation?.type == .thread && thread?.relation?.eventID.rawValue == "$root")
        #expect(thread?.isFallingBack == true && thread?.inReplyTo?.rawValue == "$last")
        let reaction = try RelatesTo(
            in: object(
                #"{"m.relates_to": {"rel_type": "m.annotation", "event_id": "$a", "key": "👍"}}"#))
        #expect(reaction?.relation?.key == "👍")
        let reply = try RelatesTo(
            in: object(#"{"m.relates_to": {"m.in_reply_to": {"event_id": "$a"}}}"#))
        #expect(reply?.relation == nil && reply?.inReplyTo?.rawValue == "$a")
        for text in ["{}", #"{"m.relates_to": 1}"#, #"{"m.relates_to": {"rel_type": "m.thread"}}"#]
        {
            #expect(try RelatesTo(in: object(text)) == nil)
        }
    }

    @Test("Contents that are anything are refused or read", arguments: seeds(30))
    func anyContent(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let types: [any EventContent.Type] = [
            RoomCreate.self, RoomMember.self, PowerLevels.self, JoinRules.self, RoomTopic.self,
            RoomHistoryVisibility.self, RoomName.self, RoomAvatar.self, CanonicalAlias.self,
            GuestAccess.self, Encryption.self, Tombstone.self, ServerACL.self, PinnedEvents.self,
            ThirdPartyInvite.self, SpaceChild.self, SpaceParent.self, Redaction.self, Mentions.self,
        ]
        let keys = [
            "creator", "room_version", "m.federate", "type", "predecessor", "additional_creators",
            "membership", "displayname", "third_party_invite", "users", "events", "ban",
            "join_rule",
            "allow", "deny", "topic", "m.topic", "name", "url", "alias", "alt_aliases", "pinned",
            "via", "order", "redacts", "m.mentions", "m.relates_to", "public_keys", "algorithm",
        ]
        for _ in 0..<50 {
            let entries = keys.shuffled(using: &random).prefix(6).map { key in
                (key: key, value: SampleJSON.random(depth: 3, using: &random))
            }
            let object = try object(SampleJSON.object(Array(entries)).canonical)
            for type in types { _ = try? type.init(from: object) }
            _ = try? PowerLevels(from: object, integers: .lenient)
            _ = (Mentions(in: object), RelatesTo(in: object))
        }
    }
}

import MatrixTypes
import Testing

@testable import Homeserver

struct NotifierStateTests {
    private let room = RoomNumber(rawValue: 1)
    private let amelie = UserID(unchecked: "@amelie:culture.example")

    /// The state in which somebody and so many others are in the room.
    private func state(others: Int) -> NotifierState {
        var state = NotifierState()
        state.committed = StreamPosition(rawValue: 10)
        let names = (0..<others).map { UserID(unchecked: "@membre\($0):culture.example") }
        for user in [amelie] + names {
            _ = state.prepareToFollow(user)
            state.follow(user, in: [room: StreamPosition(rawValue: 5)])
        }
        return state
    }

    private func change(_ kind: Change.Kind) -> Change {
        Change(position: StreamPosition(rawValue: 11), kind: kind)
    }

    @Test("What one device alone sees is news for that device")
    func device() {
        var state = state(others: 1)
        let (phone, tablet) = (
            DeviceID(unchecked: "TELEPHONE"), DeviceID(unchecked: "TABLETTE")
        )
        state.apply(change(.device(amelie, phone)))
        #expect(state.newest(for: amelie, phone)?.position.rawValue == 11)
        #expect(state.newest(for: amelie, tablet)?.position.rawValue == 10)
        #expect(state.newest(for: amelie, nil)?.position.rawValue == 10)
        let seen = Notifier.Newest(position: StreamPosition(rawValue: 10), ephemeral: 0)
        #expect(state.news(for: amelie, phone, after: seen)?.isPersonal == true)
        #expect(state.news(for: amelie, tablet, after: seen)?.isPersonal == false)
    }

    @Test(
        "A changed device list wakes a small room at once and a large one soon",
        arguments: [10, 100])
    func deviceList(others: Int) {
        var state = state(others: others)
        let stranger = UserID(unchecked: "@basile:culture.example")
        state.apply(change(.deviceList(of: stranger, in: [room])))
        let isLarge = others > NotifierState.mostWokenAtOnce
        #expect(state.newest(for: amelie, nil)?.position.rawValue == (isLarge ? 10 : 11))
        // Whoever syncs for another reason meanwhile does not pass it by.
        let seen = Notifier.Newest(position: StreamPosition(rawValue: 10), ephemeral: 0)
        #expect(state.news(for: amelie, nil, after: seen)?.isPersonal == true)
        state.payWhatIsOwed(at: .now)
        #expect(state.newest(for: amelie, nil)?.position.rawValue == 11)
    }

    @Test("Who comes into a room or goes changes whose devices its members follow")
    func crossing() {
        let rows: [(Membership?, Membership, Bool)] = [
            (nil, .join, true), (.invite, .join, true), (.join, .leave, true),
            (.join, .ban, true), (nil, .invite, false), (.invite, .leave, false),
            (.join, .join, false),
        ]
        for (old, new, isPersonal) in rows {
            var state = state(others: 1)
            let basile = UserID(unchecked: "@basile:culture.example")
            state.apply(
                change(
                    .event(
                        room: room, roomID: RoomID(unchecked: "!r"), type: .roomMember,
                        membership: MembershipChange(user: basile, old: old, new: new))))
            let seen = Notifier.Newest(position: StreamPosition(rawValue: 10), ephemeral: 0)
            #expect(state.news(for: amelie, nil, after: seen)?.isPersonal == isPersonal)
        }
    }
}

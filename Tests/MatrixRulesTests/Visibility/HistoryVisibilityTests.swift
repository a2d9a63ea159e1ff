import MatrixTypes
import Testing

@testable import MatrixRules

struct HistoryVisibilityTests {
    private typealias Moment = HistoryVisibilityRules.Moment

    @Test("Who may see an event, by visibility, membership and whether they come later")
    func table() {
        let none: Membership? = nil
        let all: [Membership?] = [none, .join, .invite, .knock, .leave, .ban]
        for visibility in HistoryVisibility.allCases {
            for membership in all {
                for joinsLater in [false, true] {
                    let expected =
                        switch visibility {
                        case .worldReadable: true
                        case .shared: membership == .join || joinsLater
                        case .invited: membership == .join || membership == .invite
                        case .joined: membership == .join
                        }
                    let moment = Moment(visibility: visibility, membership: membership)
                    #expect(
                        HistoryVisibilityRules.maySee(
                            before: moment, after: moment, joinsLater: joinsLater) == expected,
                        "\(visibility) \(membership?.rawValue ?? "none") \(joinsLater)")
                }
            }
        }
    }

    private func maySee(
        _ type: EventType, key: String?, _ content: String, before: Moment,
        joinsLater: Bool = false, by user: UserID = People.chloe
    ) throws -> Bool {
        let event = try TestRoom(.v11).make("e", type, by: People.amelie, key: key, content)
        return HistoryVisibilityRules.maySee(
            event, by: user, before: before, joinsLater: joinsLater)
    }

    @Test("A change of the visibility is seen by those who could see either side of it")
    func visibilityChange() throws {
        let opens = #"{"history_visibility":"world_readable"}"#
        let closes = #"{"history_visibility":"joined"}"#
        let closed = Moment(visibility: .joined)
        let open = Moment(visibility: .worldReadable)
        #expect(try maySee(.historyVisibility, key: "", opens, before: closed))
        #expect(try maySee(.historyVisibility, key: "", closes, before: open))
        #expect(try !maySee(.historyVisibility, key: "", closes, before: closed))
        // Under another key it changes nothing.
        #expect(try !maySee(.historyVisibility, key: "x", opens, before: closed))
    }

    @Test("A visibility that nobody understands is shared")
    func unknownVisibility() throws {
        let before = Moment(visibility: .joined)
        let odd = #"{"history_visibility":"friends"}"#
        #expect(try maySee(.historyVisibility, key: "", odd, before: before, joinsLater: true))
        #expect(try !maySee(.historyVisibility, key: "", odd, before: before))
        #expect(Moment() == Moment(visibility: .shared, membership: nil))
    }

    @Test("Chloé sees her own joining and leaving, though only members may look")
    func ownMembership() throws {
        let chloe = People.chloe.rawValue
        let out = Moment(visibility: .joined, membership: .leave)
        let inside = Moment(visibility: .joined, membership: .join)
        let join = #"{"membership":"join"}"#
        let leave = #"{"membership":"leave"}"#
        #expect(try maySee(.roomMember, key: chloe, join, before: out))
        #expect(try maySee(.roomMember, key: chloe, leave, before: inside))
        #expect(try !maySee(.roomMember, key: chloe, leave, before: out))
        // Others' memberships are events like any other.
        #expect(try !maySee(.roomMember, key: People.dario.rawValue, join, before: out))
    }

    @Test("An invitation is seen by who is invited where that is enough to read")
    func ownInvitation() throws {
        let chloe = People.chloe.rawValue
        let invite = #"{"membership":"invite"}"#
        #expect(try maySee(.roomMember, key: chloe, invite, before: Moment(visibility: .invited)))
        #expect(try !maySee(.roomMember, key: chloe, invite, before: Moment(visibility: .joined)))
    }
}

import MatrixTypes
import SeededTesting

@testable import MatrixRules

/// A room that grows by chance, with forks, in which everyone tries everything.
///
/// The same seed makes the same room.
struct RandomRoom {
    private(set) var room: TestRoom
    /// The state after each accepted event.
    private(set) var after: [EventID: StateMap] = [:]
    /// In the order in which they were accepted.
    private(set) var order: [EventID] = []
    private var random: SeededGenerator
    private var time = 1000

    init(_ rules: RoomRules, seed: UInt64, events: Int) throws {
        room = TestRoom(rules)
        random = SeededGenerator(seed: seed)
        let creator = rules.creatorIsSender ? "{}" : #"{"creator":"@amelie:culture.example"}"#
        try send(.roomCreate, by: People.amelie, key: "", creator, after: [])
        try send(
            .roomMember, by: People.amelie, key: People.amelie.rawValue,
            #"{"membership":"join"}"#, after: ["0"])
        let users = rules.privilegesCreators ? "{}" : #"{"@amelie:culture.example":100}"#
        try send(
            .powerLevels, by: People.amelie, key: "", #"{"users":\#(users)}"#, after: ["1"])
        try send(
            .joinRules, by: People.amelie, key: "", #"{"join_rule":"public"}"#, after: ["2"])
        for _ in 0..<events { try grow() }
    }

    var authorization: Authorization {
        Authorization(rules: room.rules, signatures: .onlyOfState { _, _ in true })
    }

    /// - Parameter ranked: With the order of events, which a resolution may walk less by.
    func resolution(ranked: Bool = false) -> StateResolution {
        let events = room.events
        let ranks = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
        return StateResolution(
            authorization: authorization, events: { events[$0] },
            rank: ranked ? { ranks[$0] } : nil)
    }

    /// Some states of the room, as the forks of one that is to come.
    mutating func forks(_ count: Int) -> [StateMap] {
        (0..<count).compactMap { _ in order.randomElement(using: &random).flatMap { after[$0] } }
    }

    private mutating func grow() throws {
        time += Int.random(in: -20...40, using: &random)
        var parents: Set<String> = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let back = Int.random(in: 1...min(12, order.count), using: &random)
            parents.insert(Self.name(order[order.count - back]))
        }
        let sender =
            Int.random(in: 0..<2, using: &random) == 0
            ? People.amelie : pick(People.all)
        let (type, key, content) = act(of: sender)
        try send(type, by: sender, key: key, content, after: parents.sorted())
    }

    /// Adds the event, if the rules allow it.
    private mutating func send(
        _ type: EventType, by sender: UserID, key: String, _ content: String,
        after parents: [String]
    ) throws {
        let states = parents.compactMap { after[room.eventID($0)] }
        let before = try resolution().resolve(states)
        let draft = try room.make("draft", type, by: sender, key: key, content)
        let auth = Authorization.authEventKeys(of: draft, under: room.rules)
            .compactMap { before[$0].map(Self.name) }
        let name = "\(order.count)"
        let event = try room.make(
            name, type, by: sender, key: key, content, prev: parents, auth: auth, at: time,
            depth: order.count)
        let state = AuthEvents(before.values.compactMap { room.events[$0] })
        guard (try? authorization.check(event, against: state)) != nil else { return }
        try room.add(
            name, type, by: sender, key: key, content, prev: parents, auth: auth, at: time,
            depth: order.count)
        order.append(event.eventID)
        after[event.eventID] = before.merging([StateKey(type, key): event.eventID]) { $1 }
    }

    private mutating func act(of sender: UserID) -> (EventType, key: String, content: String) {
        let target = pick(People.all)
        let memberships: [(UserID, String)] = [
            (sender, "join"), (sender, "join"), (sender, "leave"), (target, "leave"),
            (target, "ban"), (target, "invite"),
        ]
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
            let (user, membership) = pick(memberships)
            return (.roomMember, user.rawValue, #"{"membership":"\#(membership)"}"#)
        case 5..<7:
            let others = People.all.dropFirst().map { user in
                #""\#(user)":\#(pick([0, 25, 50, 75, 100]))"#
            }
            let users =
                (room.rules.privilegesCreators ? [] : [#""@amelie:culture.example":100"#]) + others
            return (.powerLevels, "", #"{"users":{\#(users.joined(separator: ","))}}"#)
        case 7:
            return (.joinRules, "", #"{"join_rule":"\#(pick(["public", "invite"]))"}"#)
        default: return (.roomTopic, "", #"{"topic":"\#(time)"}"#)
        }
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }

    static func name(_ id: EventID) -> String {
        String(id.rawValue.dropFirst().prefix { $0 != ":" })
    }
}

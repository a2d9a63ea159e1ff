import Foundation
import HomeserverTesting
import MatrixTypes
import SeededTesting
import Testing

/// Random histories, counted by the server and by a straightforward recount.
struct UnreadHistoriesTests {
    @Test("Counts are those of a recount, whatever happens", arguments: seeds(16))
    func onSQLite(seed: UInt64) async throws { try await history(seed, on: .sqlite) }

    @Test("Counts are those of a recount on PostgreSQL too", arguments: 100..<103)
    func onPostgreSQL(seed: UInt64) async throws { try await history(seed, on: .postgres) }

    private func history(_ seed: UInt64, on engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            var random = SeededGenerator(seed: seed)
            let names = ["amelie", "basile", "chloe", "didier"]
            var people: [TestClient] = []
            for name in names { people.append(try await server.register(name)) }
            let room = try await people[0].createRoom()
            var model = Recount(people: names.count)
            model.join(0)
            for _ in 0..<120 {
                try await step(people, room, &model, &random)
                if Int.random(in: 0..<4, using: &random) == 0 {
                    try await compare(people, room, model, seed)
                }
            }
            try await compare(people, room, model, seed)
        }
    }

    private func step(
        _ people: [TestClient], _ room: String, _ model: inout Recount,
        _ random: inout SeededGenerator
    ) async throws {
        let who = Int.random(in: people.indices, using: &random)
        let person = people[who]
        guard model.isJoined(who) else {
            guard Bool.random(using: &random) else { return }
            try await person.join(room)
            return model.join(who)
        }
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<10: try await say(who, person, people, room, &model, &random)
        case 10..<14:
            guard let event = model.events.indices.randomElement(using: &random) else { return }
            let thread = model.events[event].thread
            let kind = Int.random(in: 0..<3, using: &random)
            let scope = kind == 0 ? nil : thread.map { model.events[$0].id } ?? "main"
            let type = Bool.random(using: &random) ? "m.read" : "m.read.private"
            let answer = try await person.read(
                model.events[event].id, in: room, type: type, thread: scope)
            #expect(answer.status == 200)
            model.read(who, upTo: event, kind == 0 ? .everything : .thread(thread))
        case 14:
            guard who != 0 else { return }
            try await person.leave(room)
            model.leave(who)
        case 15, 16: try await changeRules(who, person, room, &model, &random)
        case 17:
            let own = model.events.indices.filter {
                model.events[$0].sender == who && !model.events[$0].isRedacted
            }
            guard let event = own.randomElement(using: &random) else { return }
            try await person.redact(model.events[event].id, in: room)
            model.redact(event, by: who)
        case 18:
            try await person.setState(
                "m.room.member", #"{"membership": "join", "displayname": "x"}"#,
                in: room, key: person.userID?.rawValue ?? "")
        default:
            let ignored = (0..<people.count).filter {
                $0 != who && Int.random(in: 0..<4, using: &random) == 0
            }
            try await person.ignore(ignored.map { people[$0] })
            model.people[who].ignored = Set(ignored)
        }
    }

    private func say(
        _ who: Int, _ person: TestClient, _ people: [TestClient], _ room: String,
        _ model: inout Recount, _ random: inout SeededGenerator
    ) async throws {
        var message = Recount.Message()
        let roots = model.events.indices.filter {
            model.events[$0].thread == nil && !model.events[$0].isRedacted
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            message.thread = roots.randomElement(using: &random)
        }
        message.isNotice = Int.random(in: 0..<8, using: &random) == 0
        message.hasKeyword = Int.random(in: 0..<4, using: &random) == 0
        message.mentionsRoom = Int.random(in: 0..<10, using: &random) == 0
        message.mentioned = Set(
            people.indices.filter { _ in Int.random(in: 0..<6, using: &random) == 0 })
        let users = message.mentioned.compactMap { people[$0].userID.map { "\"\($0)\"" } }
        let relation =
            message.thread.map {
                #", "m.relates_to": {"rel_type": "m.thread", "event_id": "\#(model.events[$0].id)"}"#
            } ?? ""
        let content = #"""
            {"msgtype": "\#(message.isNotice ? "m.notice" : "m.text")",
             "body": "\#(message.hasKeyword ? "du gâteau" : "rien")", "m.mentions":
             {"user_ids": [\#(users.joined(separator: ", "))], "room": \#(message.mentionsRoom)}
             \#(relation)}
            """#
        let id = try await person.send(content, in: room)
        model.say(message, by: who, id)
    }

    private func changeRules(
        _ who: Int, _ person: TestClient, _ room: String, _ model: inout Recount,
        _ random: inout SeededGenerator
    ) async throws {
        let base = "/_matrix/client/v3/pushrules/global"
        let isOn = Bool.random(using: &random)
        let (path, body, key): (String, String, WritableKeyPath<Recount.Person, Bool>)
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            (path, key) = ("override/muet", \.isMuted)
            body = #"""
                {"actions": [], "conditions":
                 [{"kind": "event_match", "key": "room_id", "pattern": "\#(room)"}]}
                """#
        case 1:
            (path, key) = ("room/\(pathComponent(room))", \.onlyMentions)
            body = #"{"actions": []}"#
        case 2:
            (path, key) = ("content/mot", \.hasKeyword)
            body = #"{"pattern": "gâteau", "actions": ["notify", {"set_tweak": "highlight"}]}"#
        case 3:
            model.people[who].isOff = isOn
            _ = try await person.put(
                "\(base)/override/.m.rule.master/enabled", #"{"enabled": \#(isOn)}"#)
            return
        default:
            model.people[who].messagesOff = isOn
            for rule in [".m.rule.message", ".m.rule.room_one_to_one"] {
                _ = try await person.put(
                    "\(base)/underride/\(rule)/enabled", #"{"enabled": \#(!isOn)}"#)
            }
            return
        }
        model.people[who][keyPath: key] = isOn
        _ =
            isOn
            ? try await person.put("\(base)/\(path)", body)
            : try await person.delete("\(base)/\(path)")
    }

    private func compare(
        _ people: [TestClient], _ room: String, _ model: Recount, _ seed: UInt64
    ) async throws {
        let filter = #"{"room": {"timeline": {"unread_thread_notifications": true, "limit": 1}}}"#
        for (who, person) in people.enumerated() where model.isJoined(who) {
            let (main, threads) = model.unread(by: who)
            let whole = try await person.sync(filter: #"{"room": {"timeline": {"limit": 1}}}"#)
            let total = threads.values.reduce(main) { [$0[0] + $1[0], $0[1] + $1[1]] }
            #expect(whole.joined(room).unread == total, "seed \(seed), person \(who)")
            let apart = try await person.sync(filter: filter).joined(room)
            #expect(apart.unread == main, "seed \(seed), person \(who)")
            let told = apart.json?["unread_thread_notifications"]?.object
            #expect(told?.count ?? 0 == threads.count, "seed \(seed), person \(who)")
            for (thread, count) in threads {
                #expect(
                    apart.unread(in: model.events[thread].id) == count,
                    "seed \(seed), person \(who)")
            }
        }
    }
}

/// What the counts have to be, by going through everything that was said.
private struct Recount {
    struct Person {
        var isMuted = false
        var onlyMentions = false
        var hasKeyword = false
        var isOff = false
        var messagesOff = false
        var ignored: Set<Int> = []
        /// The number of events there were when they came; nil: they are not there.
        var joined: Int?
        var read = -1
        var mainRead = -1
        var threadsRead: [Int: Int] = [:]
    }

    struct Message {
        var thread: Int?
        var isNotice = false
        var hasKeyword = false
        var mentionsRoom = false
        var mentioned: Set<Int> = []
    }

    struct Event {
        let id: String
        let sender: Int
        let thread: Int?
        /// What it is for each person.
        let outcomes: [[Int]]
        var isRedacted = false
    }

    enum Scope {
        case everything
        case thread(Int?)
    }

    var people: [Person]
    var events: [Event] = []

    init(people: Int) { self.people = Array(repeating: Person(), count: people) }

    func isJoined(_ who: Int) -> Bool { people[who].joined != nil }

    mutating func join(_ who: Int) { people[who].joined = events.count }
    mutating func leave(_ who: Int) { people[who].joined = nil }

    mutating func say(_ message: Message, by who: Int, _ id: String) {
        let outcomes = people.indices.map { outcome(of: message, by: who, for: $0) }
        events.append(
            Event(id: id, sender: who, thread: message.thread, outcomes: outcomes))
        read(who, upTo: events.count - 1, .thread(message.thread))
    }

    private func outcome(of message: Message, by sender: Int, for who: Int) -> [Int] {
        let person = people[who]
        guard who != sender, person.joined != nil, !person.ignored.contains(sender) else {
            return [0, 0]
        }
        if person.isOff || person.isMuted || message.isNotice { return [0, 0] }
        if message.mentioned.contains(who) { return [1, 1] }
        // Only who made the room may notify all of it.
        if message.mentionsRoom, sender == 0 { return [1, 1] }
        if person.hasKeyword, message.hasKeyword { return [1, 1] }
        if person.onlyMentions || person.messagesOff { return [0, 0] }
        return [1, 0]
    }

    mutating func read(_ who: Int, upTo event: Int, _ scope: Scope) {
        switch scope {
        case .everything: people[who].read = max(people[who].read, event)
        case .thread(nil): people[who].mainRead = max(people[who].mainRead, event)
        case .thread(let thread?):
            people[who].threadsRead[thread] = max(people[who].threadsRead[thread] ?? -1, event)
        }
    }

    /// A redaction is said in the main timeline.
    mutating func redact(_ event: Int, by who: Int) {
        events[event].isRedacted = true
        read(who, upTo: events.count - 1, .thread(nil))
    }

    func unread(by who: Int) -> (main: [Int], threads: [Int: [Int]]) {
        let person = people[who]
        var main = [0, 0]
        var threads: [Int: [Int]] = [:]
        for (index, event) in events.enumerated() where !event.isRedacted {
            guard index >= person.joined ?? .max, index > person.read else { continue }
            let outcome = event.outcomes[who]
            guard outcome != [0, 0] else { continue }
            if let thread = event.thread {
                guard index > person.threadsRead[thread] ?? -1 else { continue }
                let count = threads[thread] ?? [0, 0]
                threads[thread] = [count[0] + outcome[0], count[1] + outcome[1]]
            } else if index > person.mainRead {
                main = [main[0] + outcome[0], main[1] + outcome[1]]
            }
        }
        return (main, threads)
    }
}

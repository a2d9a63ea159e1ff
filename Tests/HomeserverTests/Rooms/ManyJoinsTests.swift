import Database
import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

/// The room that everybody joins. `CHAPPE_JOINS=10000` makes it as large as the design speaks of.
struct ManyJoinsTests {
    private static let joins =
        ProcessInfo.processInfo.environment["CHAPPE_JOINS"].flatMap { Int($0) } ?? 2_000

    @Test("The last of many joins costs what the first did, and few rows", .timeLimit(.minutes(10)))
    func cost() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let room = RoomID(unchecked: try await amelie.createRoom())
            let before = try await server.count("state_nodes")
            var times: [Duration] = []
            let count = Self.joins
            for number in 0..<count {
                let user = UserID(unchecked: "@u\(number):culture.example")
                let join = MembershipRequest(
                    sender: user, target: user, membership: .join, now: server.clock.now)
                let start = ContinuousClock.now
                try await server.homeserver.database.write {
                    [engine = server.homeserver.engine] db in
                    let timeline = engine.timeline(in: db)
                    try timeline.change(join, in: try timeline.roomToEnter(.id(room)))
                }
                times.append(ContinuousClock.now - start)
            }
            let rows = try await server.count("state_nodes") - before
            let bound = 4 * Double(count) * log2(Double(count))
            func median(_ times: ArraySlice<Duration>) -> Duration {
                times.sorted()[times.count / 2]
            }
            let tenth = count / 10
            let (first, last) = (times.prefix(tenth).sorted(), times.suffix(tenth).sorted())
            print(
                """
                \(count) joins: slowest \(times.max() ?? .zero), median \(median(times[...])), \
                median of the first tenth \(median(first[...])), of the last \(median(last[...])); \
                \(rows) rows of state_nodes, at most \(Int(bound)) allowed
                """)
            #expect(Double(rows) <= bound)
            // By the lower quartile, which other tests beside this one do not move.
            #expect(last[tenth / 4] <= first[tenth / 4] * 3)

            let members = try await amelie.joinedMembers(room.rawValue)
            #expect(members["joined"]?.object?.count == count + 1)
            let start = ContinuousClock.now
            let listed = try await amelie.members(room.rawValue, "?membership=join")
            print(
                "All of them listed in \(ContinuousClock.now - start), \(listed.body.count) bytes")
            #expect(listed["chunk"]?.array?.count == count + 1)
            let summary = try await amelie.summary(room.rawValue)
            #expect(summary["num_joined_members"]?.int == count + 1)
        }
    }
}

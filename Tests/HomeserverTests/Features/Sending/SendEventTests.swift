import HomeserverTesting
import Testing

struct SendEventTests {
    @Test(
        "A repeated transaction gives the first event back and appends nothing",
        arguments: TestEngine.allCases)
    func repeatedTransaction(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let before = try await server.count("events")
            let first = try await amelie.say("bonjour", in: room, txn: "t1")
            let again = try await amelie.say("bonjour", in: room, txn: "t1")
            #expect(first == again)
            #expect(try await server.count("events") == before + 1)
        }
    }
}

import Database
import Testing

struct OpeningTests {
    @Test("A new database starts its sequence at 0 and has an incarnation", arguments: Engine.all)
    func new(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            #expect(database.engine == engine)
            #expect(database.committedPosition == 0)
            #expect(database.incarnation > 0)
        }
    }
}

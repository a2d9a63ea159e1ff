import MatrixTypes
import SeededTesting
import Testing

@testable import MatrixRules

struct StateConflictsTests {
    private let topic = StateKey(.roomTopic)
    private let name = StateKey(.roomName)

    private func id(_ text: String) -> EventID { EventID(unchecked: "$\(text)") }

    @Test("A key that one fork lacks is in conflict")
    func absence() {
        let conflicts = StateConflicts([[topic: id("a")], [:]])
        #expect(conflicts.conflicted == [id("a")])
        #expect(conflicts.unconflicted.isEmpty)
        #expect(conflicts.disputed == [[topic: id("a")], [:]])
    }

    @Test("What all forks hold is not")
    func agreement() {
        let conflicts = StateConflicts([
            [topic: id("a"), name: id("b")], [topic: id("a"), name: id("c")],
        ])
        #expect(conflicts.unconflicted == [topic: id("a")])
        #expect(conflicts.conflicted == [id("b"), id("c")])
        #expect(conflicts.disputed == [[name: id("b")], [name: id("c")]])
    }

    @Test("Without forks there is nothing, and one fork has no conflict")
    func few() {
        #expect(StateConflicts([]).unconflicted.isEmpty)
        let one = StateConflicts([[topic: id("a")]])
        #expect(one.unconflicted == [topic: id("a")] && one.conflicted.isEmpty)
    }

    @Test("The order of the forks does not matter", arguments: seeds(100))
    func orderOfForks(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let forks = (0..<4).map { _ in
            StateMap(
                (0..<6).map { _ in
                    let key = Int.random(in: 0..<4, using: &random)
                    let event = Int.random(in: 0..<3, using: &random)
                    return (StateKey(.roomTopic, "\(key)"), id("\(key)-\(event)"))
                }, uniquingKeysWith: { $1 })
        }
        let (one, other) = (StateConflicts(forks), StateConflicts(forks.shuffled(using: &random)))
        #expect(one.unconflicted == other.unconflicted && one.conflicted == other.conflicted)
    }
}

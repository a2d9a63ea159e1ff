import MatrixTypes
import Testing

@testable import MatrixRules

/// The stories of `Fixtures/`, which we wrote ourselves; those of outdated state after the problems
/// that MSC4297 describes.
struct StoryTests {
    static let stories = [
        "ban-vs-power-levels", "ban-vs-topic", "closing-vs-joining", "moderators-fall-out",
        "backdated-promotion", "two-topics", "outdated-join-rules", "outdated-power-levels",
    ]

    @Test("Each story ends as its room version has it", arguments: stories, RoomRules.all)
    func ending(name: String, rules: RoomRules) throws {
        let story = try Story(name, rules)
        guard let expected = story.resolved else { return }
        let resolution = StateResolution(
            authorization: Authorization(rules: rules, signatures: .onlyOfState { _, _ in false }),
            events: { story.room.events[$0] })
        for forks in [story.forks, story.forks.reversed()] {
            #expect(
                story.room.names(try resolution.resolve(forks)) == expected, "\(story.plot)")
        }
    }
}

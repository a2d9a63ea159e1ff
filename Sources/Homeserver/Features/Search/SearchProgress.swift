import Database
import MatrixTypes

/// How far the index has come, and who waits for it. In memory: a restart counts anew.
struct SearchProgress: Sendable {
    /// A search waits this long for what was said before it; then it answers without.
    static let longestWait = Duration.seconds(2)

    /// Position of the newest event that was committed here.
    let committed: Watermark
    /// All events up to there are in the index.
    let indexed = Watermark()
    /// Up to where somebody wants it at once.
    let asked = Watermark()

    /// - Parameter position: Where the sequence stands at the start: what is before it may be events.
    init(at position: Int64) { committed = Watermark(position) }

    /// To be registered with `Database.onCommit`.
    func noteCommit(_ group: CommittedGroup) {
        for case let change as Change in group.changes.reversed() {
            // What the index itself commits is no event, and wakes nobody.
            guard case .event = change.kind else { continue }
            return committed.advance(to: change.position.rawValue)
        }
    }

    /// Waits until everything that is committed now can be found, as long as that is bearable.
    func waitForIndex() async {
        let target = committed.value
        asked.advance(to: target)
        await indexed.wait(for: target, atMost: Self.longestWait)
    }
}

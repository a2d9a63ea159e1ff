/// What the blocks of one transaction have in common, beside the database.
final class WriteGroup {
    /// Where the sequence stood when the group began.
    let start: Int64
    /// The place taken last.
    var position: Int64
    var announcements: [any Sendable] = []
    let overlay = Overlay()
    /// Blocks that threw, and were undone alone.
    private(set) var failedBlocks = 0

    /// To what the block at hand is cut back if it fails.
    private var mark: (position: Int64, announcements: Int)

    init(start: Int64) {
        self.start = start
        position = start
        mark = (start, 0)
    }

    func beginBlock() {
        mark = (position, announcements.count)
    }

    func keepBlock() {
        overlay.keep()
    }

    func cutBlockBack() {
        position = mark.position
        announcements.removeSubrange(mark.announcements...)
        overlay.cutBack()
        failedBlocks += 1
    }
}

/// What was committed together. Given to those who observe commits.
package struct CommittedGroup: Sendable {
    /// Where the sequence stands after it.
    package let position: Int64
    /// What its blocks announced, in the order in which they did.
    package let changes: [any Sendable]
}

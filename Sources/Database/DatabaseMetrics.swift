/// What the database has done since it was opened.
package struct DatabaseMetrics: Sendable, Equatable {
    /// Groups that were committed.
    package var groups = 0
    /// Groups that were undone as a whole.
    package var groupsLost = 0
    /// Write blocks that were committed.
    package var blocks = 0
    /// Write blocks that threw, and were undone alone.
    package var blocksFailed = 0
    /// Write blocks that ran a second time because their group was lost.
    package var blocksRepeated = 0
    /// Time that groups took from BEGIN to the last block, in all.
    package var runningTime = Duration.zero
    /// Time that COMMIT took, in all and at most.
    package var commitTime = Duration.zero
    package var longestCommit = Duration.zero
    /// The largest group so far.
    package var largestGroup = 0
    /// Read blocks that ran.
    package var reads = 0
    /// Write blocks that wait at this moment, beside those of the group that is running.
    package var waiting = 0
    /// Blocks refused because too many were waiting.
    package var refused = 0
}

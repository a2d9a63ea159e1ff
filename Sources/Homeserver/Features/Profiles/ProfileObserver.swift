import Database
import MatrixTypes

/// Told of each change of a name, in the block that makes it.
protocol ProfileObserver: Sendable {
    /// - Parameter name: Nil: none any more.
    func profileChanged(of user: UserID, name: String?, in db: Connection) throws
    func accountClosed(_ user: UserID, in db: Connection) throws
}

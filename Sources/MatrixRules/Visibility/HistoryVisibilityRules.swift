package import MatrixTypes

/// Whether a user may see an event of a room.
///
/// - Spec: [Room history visibility](https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility), "Server behaviour";
///   the numbers below are its rules.
package enum HistoryVisibilityRules {
    /// What the state at one point of a room says about one user.
    package struct Moment: Equatable, Sendable {
        package var visibility: HistoryVisibility
        /// Nil for someone who never had to do with the room.
        package var membership: Membership?

        package init(visibility: HistoryVisibility = .shared, membership: Membership? = nil) {
            self.visibility = visibility
            self.membership = membership
        }

        /// The same right after an event.
        package func after(_ event: PDU, for user: UserID) -> Moment {
            var moment = self
            if event.key == StateKey(.historyVisibility) {
                let text = event.content["history_visibility"]?.string
                moment.visibility = text.flatMap(HistoryVisibility.init) ?? .shared
            }
            if event.key == .member(user) {
                moment.membership = event.content["membership"]?.string.flatMap(Membership.init)
            }
            return moment
        }
    }

    /// Whether `user` may see `event`.
    ///
    /// Changes of the visibility and of the user's own membership can be seen from either side.
    ///
    /// - Parameters:
    ///   - before: By the state before the event.
    ///   - joinsLater: The user has joined the room at any point after the event, even if they have
    ///     left it since.
    package static func maySee(
        _ event: PDU, by user: UserID, before: Moment, joinsLater: Bool
    ) -> Bool {
        maySee(before: before, after: before.after(event, for: user), joinsLater: joinsLater)
    }

    /// The same where the state on both sides of the event is known.
    package static func maySee(before: Moment, after: Moment, joinsLater: Bool) -> Bool {
        allows(before, joinsLater: joinsLater) || allows(after, joinsLater: joinsLater)
    }

    private static func allows(_ moment: Moment, joinsLater: Bool) -> Bool {
        // 1. The whole world may.
        if moment.visibility == .worldReadable { return true }
        // 2. Whoever was in the room.
        if moment.membership == .join { return true }
        // 3. Whoever came later, where newcomers are told.
        if moment.visibility == .shared, joinsLater { return true }
        // 4. Whoever had been asked in, where that is enough.
        if moment.membership == .invite, moment.visibility == .invited { return true }
        // 5. Otherwise, nobody.
        return false
    }
}

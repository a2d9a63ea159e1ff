/// The content of `m.room.guest_access`: whether accounts without a password may join.
///
/// - State key: always empty.
/// - Spec: [m.room.guest_access](https://spec.matrix.org/v1.19/client-server-api/#mroomguest_access)
package struct GuestAccess: StateEventContent {
    package static let type: EventType = .guestAccess

    /// Only `can_join` lets them; anything else forbids it, as no event does.
    package let guestsCanJoin: Bool

    package init(from content: JSONObject) throws(JSONError) {
        guestsCanJoin = content["guest_access"]?.string == "can_join"
    }
}

import HTTPTypes
import MatrixTypes

/// Who may be invited: local users who take invitations.
///
/// - Spec: [Invite permission](https://spec.matrix.org/v1.19/client-server-api/#invite-permission)
struct InvitePermission: EventPolicy {
    func check(_ draft: EventDraft, in room: RoomHead, _ timeline: Timeline) throws {
        guard draft.type == .roomMember,
            draft.content["membership"]?.string == Membership.invite.rawValue,
            let target = draft.stateKey.flatMap({ UserID($0) }), target != draft.sender
        else { return }
        guard timeline.engine.isLocal(target) else {
            throw MatrixError.forbidden("People of other servers cannot be invited.")
        }
        guard try timeline.takesInvites(target) else {
            throw MatrixError(
                .forbidden, MatrixError.Code(rawValue: "M_INVITE_BLOCKED"),
                "\(target) does not take invitations.")
        }
    }
}

/// The versions of the specification that clients may count on, which is what they choose by.
///
/// A version is listed when all that it has added, and that a server does by itself, is here. What of
/// each is not is what `docs/spec-coverage.md` says comes later: end-to-end keys, calls, accounts by
/// e-mail, single sign-on, application services. All of it is older than v1.7, or is asked for by the
/// endpoint or capability that tells a client whether it is there.
///
/// - v1.7: asynchronous uploads, `login/get_token`, reactions, `m.mentions` and its push rules,
///   transactions scoped to devices.
/// - v1.8: only who may see an event reports it. v1.9: edits notify nobody.
/// - v1.10: erasure, `.well-known/matrix/support`, `Retry-After`, relations of relations.
/// - v1.11: media under `/client/v1/media`, for whoever has a token; `unsigned.membership`.
/// - v1.12: rooms marked as unread, accounts that are locked; no push rules of one device.
/// - v1.13 and v1.14: reports of rooms and users, accounts that are suspended.
/// - v1.15: summaries of rooms, topics with markup. `auth_metadata` says that there is no OAuth here.
/// - v1.16: fields of profiles, `state_after`, room version 12, create events in invitations.
/// - v1.17: nothing of a server without application services and OAuth. The rules for mentions by name
///   are gone.
/// - v1.18: administrators lock and suspend, redactions sent like any event, invitations blocked.
/// - v1.19: rooms that one shares with somebody, `unsigned.replaces_state`.
///
/// - Spec: [Changelog](https://spec.matrix.org/v1.19/changelog/)
enum SpecVersions {
    static let newest = 19
    static let all = (1...newest).map { "v1.\($0)" }
}

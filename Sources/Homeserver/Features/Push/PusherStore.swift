import Database
import MatrixTypes

/// The table `pushers`.
struct PusherStore {
    let db: Connection

    init(db: Connection) { self.db = db }

    func pushers(of user: UserID) throws -> [Pusher] {
        try db.all(
            """
            SELECT app_id, pushkey, kind, app_display_name, device_display_name, profile_tag, lang,
                   data
            FROM pushers WHERE user_id = \(user) ORDER BY created_ts, app_id, pushkey
            """
        ) { row in
            Pusher(
                appID: try row[0], pushkey: try row[1], kind: try row[2],
                appDisplayName: try row[3], deviceDisplayName: try row[4],
                profileTag: try row.optional(5), lang: try row[6], data: try row.blob(7))
        }
    }

    func set(_ pusher: Pusher, of requester: Requester, at now: Timestamp) throws {
        try db.run(
            """
            INSERT INTO pushers
                (user_id, app_id, pushkey, session_id, kind, app_display_name,
                 device_display_name, profile_tag, lang, data, created_ts)
            VALUES (\(requester.userID), \(pusher.appID), \(pusher.pushkey),
                    \(requester.sessionID), \(pusher.kind), \(pusher.appDisplayName),
                    \(pusher.deviceDisplayName), \(pusher.profileTag), \(pusher.lang),
                    \(pusher.data), \(now))
            ON CONFLICT (user_id, app_id, pushkey) DO UPDATE SET
                session_id = excluded.session_id, kind = excluded.kind,
                app_display_name = excluded.app_display_name,
                device_display_name = excluded.device_display_name,
                profile_tag = excluded.profile_tag, lang = excluded.lang, data = excluded.data
            """)
    }

    func delete(_ appID: String, _ pushkey: String, of user: UserID) throws {
        try db.run(
            """
            DELETE FROM pushers
            WHERE user_id = \(user) AND app_id = \(appID) AND pushkey = \(pushkey)
            """)
    }

    /// A device that changed hands is told of its new user's things alone.
    func delete(_ appID: String, _ pushkey: String, exceptOf user: UserID) throws {
        try db.run(
            """
            DELETE FROM pushers
            WHERE app_id = \(appID) AND pushkey = \(pushkey) AND user_id <> \(user)
            """)
    }
}

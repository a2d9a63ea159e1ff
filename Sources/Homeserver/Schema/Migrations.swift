import Database

extension Migration {
    /// Every migration, in the order in which they run. Never changed once released.
    static var all: [Migration] {
        [
            .m0001Accounts,
            .m0002Rooms,
            .m0003ClientTransactions,
            .m0010Sessions,
            .m0011Profiles,
            .m0020RoomDirectory,
            .m0030Unread,
            .m0031Receipts,
            .m0032Push,
            .m0040EventsByTime,
            .m0041DirectoryAndReports,
            .m0050Media,
            .m0051Search,
            .m0052Expiry,
            .m0070ToDevice,
            .m0071EndToEndKeys,
            .m0072KeyBackup,
        ]
    }
}

extension Homeserver {
    /// The names of the migrations that this version knows.
    package static var migrations: [String] { Migration.all.map(\.name) }
}

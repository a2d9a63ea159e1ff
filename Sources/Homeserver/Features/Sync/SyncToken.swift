import MatrixTypes

/// What a client has seen of everything, as `next_batch` and `since` carry it.
///
/// Version, incarnation of the database, position, and for what a restart may forget the run and a
/// number in it: `s1_INCARNATION_POSITION_BOOT_NUMBER`.
struct SyncToken: Sendable, Equatable, CustomStringConvertible {
    /// Another incarnation: the database was restored, and the position means nothing.
    let incarnation: Int64
    let position: StreamPosition
    /// Another boot: the number means nothing, so typing and presence are sent whole.
    let boot: Int64
    let ephemeral: Int64

    init(incarnation: Int64, position: StreamPosition, boot: Int64, ephemeral: Int64) {
        self.incarnation = incarnation
        self.position = position
        self.boot = boot
        self.ephemeral = ephemeral
    }

    init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "s1",
            let incarnation = Int64(parts[1], radix: 36), let position = Int64(parts[2]),
            let boot = Int64(parts[3], radix: 36), let ephemeral = Int64(parts[4]),
            position >= 0, ephemeral >= 0
        else { return nil }
        self.init(
            incarnation: incarnation, position: StreamPosition(rawValue: position), boot: boot,
            ephemeral: ephemeral)
    }

    var description: String {
        let incarnation = String(incarnation, radix: 36)
        return "s1_\(incarnation)_\(position.rawValue)_\(String(boot, radix: 36))_\(ephemeral)"
    }
}

/// A place between two events of a room's history, as `prev_batch`, `start` and `end` carry it.
/// The endpoints that read history take a sync token as well.
struct HistoryToken: Sendable, Equatable, CustomStringConvertible {
    /// What comes before the place has this order or a lower one.
    let order: Int64

    init(order: Int64) { self.order = order }

    init?(_ text: String) {
        if text.hasPrefix("h"), let order = Int64(text.dropFirst()) {
            self.order = order
        } else if let token = SyncToken(text) {
            order = token.position.rawValue
        } else {
            return nil
        }
    }

    var description: String { "h\(order)" }
}

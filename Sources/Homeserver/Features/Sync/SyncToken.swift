import MatrixTypes

/// What a client has seen of everything, as `next_batch` and `since` carry it.
///
/// Version, incarnation of the database, position, and for what a restart may forget the run and a
/// number in it: `s1_INCARNATION_POSITION_BOOT_NUMBER`. Where messages to the device had to wait for
/// the next answer, the position up to which they were told follows.
struct SyncToken: Sendable, Equatable, CustomStringConvertible {
    /// Another incarnation: the database was restored, and the position means nothing.
    let incarnation: Int64
    let position: StreamPosition
    /// Another boot: the number means nothing, so typing and presence are sent whole.
    let boot: Int64
    let ephemeral: Int64
    /// Up to where messages to the device were told. Nil: as far as everything else.
    let toDevice: StreamPosition?

    init(
        incarnation: Int64, position: StreamPosition, boot: Int64, ephemeral: Int64,
        toDevice: StreamPosition? = nil
    ) {
        self.incarnation = incarnation
        self.position = position
        self.boot = boot
        self.ephemeral = ephemeral
        self.toDevice = toDevice
    }

    init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 5 || parts.count == 6, parts[0] == "s1",
            let incarnation = Int64(parts[1], radix: 36), let position = Int64(parts[2]),
            let boot = Int64(parts[3], radix: 36), let ephemeral = Int64(parts[4]),
            position >= 0, ephemeral >= 0
        else { return nil }
        var toDevice: StreamPosition?
        if parts.count == 6 {
            guard let place = Int64(parts[5]), (0..<position).contains(place) else { return nil }
            toDevice = StreamPosition(rawValue: place)
        }
        self.init(
            incarnation: incarnation, position: StreamPosition(rawValue: position), boot: boot,
            ephemeral: ephemeral, toDevice: toDevice)
    }

    var description: String {
        let incarnation = String(incarnation, radix: 36)
        let whole = "s1_\(incarnation)_\(position.rawValue)_\(String(boot, radix: 36))_\(ephemeral)"
        return toDevice.map { "\(whole)_\($0.rawValue)" } ?? whole
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

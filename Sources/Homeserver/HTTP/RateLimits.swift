import MatrixTypes
import Synchronization

/// A rate that a client is held to: a bucket that fills by `perSecond` up to `burst`.
struct RateLimit: Sendable, Hashable {
    /// Its name in the configuration and in figures.
    let name: String
    let perSecond: Double
    let burst: Double
    /// Counted for the account rather than for the address.
    let countsAccounts: Bool

    static let sending = RateLimit(
        name: "sending", perSecond: 10, burst: 50, countsAccounts: true)
    /// A request holds messages for many devices.
    static let toDevice = RateLimit(
        name: "to_device", perSecond: 10, burst: 100, countsAccounts: true)
    static let keys = RateLimit(
        name: "keys", perSecond: 10, burst: 100, countsAccounts: true)
    static let membership = RateLimit(
        name: "membership", perSecond: 1, burst: 30, countsAccounts: true)
    static let roomCreation = RateLimit(
        name: "room_creation", perSecond: 0.2, burst: 20, countsAccounts: true)
    static let login = RateLimit(
        name: "login", perSecond: 0.2, burst: 10, countsAccounts: false)
    static let registration = RateLimit(
        name: "registration", perSecond: 0.2, burst: 10, countsAccounts: false)
    static let searching = RateLimit(
        name: "searching", perSecond: 2, burst: 20, countsAccounts: true)
    static let media = RateLimit(
        name: "media", perSecond: 5, burst: 50, countsAccounts: true)
    static let profile = RateLimit(
        name: "profile", perSecond: 1, burst: 20, countsAccounts: true)
    static let reporting = RateLimit(
        name: "reporting", perSecond: 0.1, burst: 10, countsAccounts: true)

    /// Those that a site can set.
    static let all = [
        sending, toDevice, keys, membership, roomCreation, login, registration, searching, media,
        profile, reporting,
    ]
}

/// A rate as a site sets it: `sending=10/50` is ten a second on average, and fifty at once.
package struct RateLimitSettings: Sendable, Equatable, CustomStringConvertible {
    package let name: String
    let perSecond: Double
    let burst: Double

    /// - Returns: Nil where the form, the name or the numbers are not right: a rate is over 0 and at
    ///   most 100,000, and so is a burst, of 1 at least.
    package init?(_ text: String) {
        let halves = text.split(separator: "=", omittingEmptySubsequences: false)
        guard halves.count == 2, RateLimit.all.contains(where: { $0.name == halves[0] }) else {
            return nil
        }
        let numbers = halves[1].split(separator: "/", omittingEmptySubsequences: false)
        guard numbers.count == 2, let perSecond = Double(numbers[0]),
            let burst = Double(numbers[1]), perSecond > 0, perSecond <= 100_000,
            (1...100_000).contains(burst)
        else { return nil }
        name = String(halves[0])
        self.perSecond = perSecond
        self.burst = burst
    }

    private init(_ limit: RateLimit) {
        name = limit.name
        perSecond = limit.perSecond
        burst = limit.burst
    }

    /// The usual rates.
    package static let standard = RateLimit.all.map { RateLimitSettings($0) }

    package var description: String { "\(name)=\(Self.text(perSecond))/\(Self.text(burst))" }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}

/// How much each client has left of each limit. In memory only: a restart forgives.
final class RateLimiter: Sendable {
    private struct Key: Hashable {
        let limit: String
        let client: String
    }
    private struct Bucket {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
    }

    /// More buckets than this, and the full ones are forgotten.
    private static let mostBuckets = 100_000

    /// False: nothing is limited (`--no-rate-limits`).
    private let isOn: Bool
    /// By the names of the limits.
    private let settings: [String: RateLimitSettings]
    private let buckets = Mutex<[Key: Bucket]>([:])

    init(isOn: Bool, settings: [String: RateLimitSettings] = [:]) {
        self.isOn = isOn
        self.settings = settings
    }

    /// Takes one from the client's bucket.
    ///
    /// - Throws: `M_LIMIT_EXCEEDED` with the time after which there is one again.
    func check(
        _ limit: RateLimit, client: String, now: ContinuousClock.Instant = .now
    ) throws(MatrixError) {
        guard isOn else { return }
        let perSecond = settings[limit.name]?.perSecond ?? limit.perSecond
        let burst = settings[limit.name]?.burst ?? limit.burst
        let wait: Double? = buckets.withLock { buckets in
            if buckets.count >= Self.mostBuckets {
                buckets = buckets.filter { now - $0.value.filledAt < .seconds(60) }
            }
            let key = Key(limit: limit.name, client: client)
            var bucket = buckets[key] ?? Bucket(tokens: burst, filledAt: now)
            // Exact: whoever asks many times in a millisecond would else never have their bucket fill.
            let elapsed = max(0, (now - bucket.filledAt) / .seconds(1))
            bucket.tokens = min(burst, bucket.tokens + elapsed * perSecond)
            bucket.filledAt = now
            defer { buckets[key] = bucket }
            guard bucket.tokens >= 1 else { return (1 - bucket.tokens) / perSecond }
            bucket.tokens -= 1
            return nil
        }
        if let wait { throw .limitExceeded(retryAfter: .milliseconds(Int64(wait * 1000) + 1)) }
    }
}

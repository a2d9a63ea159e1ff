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
        name: "to_device", perSecond: 20, burst: 200, countsAccounts: true)
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
    private let buckets = Mutex<[Key: Bucket]>([:])

    init(isOn: Bool) { self.isOn = isOn }

    /// Takes one from the client's bucket.
    ///
    /// - Throws: `M_LIMIT_EXCEEDED` with the time after which there is one again.
    func check(
        _ limit: RateLimit, client: String, now: ContinuousClock.Instant = .now
    ) throws(MatrixError) {
        guard isOn else { return }
        let wait: Double? = buckets.withLock { buckets in
            if buckets.count >= Self.mostBuckets {
                buckets = buckets.filter { now - $0.value.filledAt < .seconds(60) }
            }
            let key = Key(limit: limit.name, client: client)
            var bucket = buckets[key] ?? Bucket(tokens: limit.burst, filledAt: now)
            // Exact: whoever asks many times in a millisecond would else never have their bucket fill.
            let elapsed = max(0, (now - bucket.filledAt) / .seconds(1))
            bucket.tokens = min(limit.burst, bucket.tokens + elapsed * limit.perSecond)
            bucket.filledAt = now
            defer { buckets[key] = bucket }
            guard bucket.tokens >= 1 else { return (1 - bucket.tokens) / limit.perSecond }
            bucket.tokens -= 1
            return nil
        }
        if let wait { throw .limitExceeded(retryAfter: .milliseconds(Int64(wait * 1000) + 1)) }
    }
}

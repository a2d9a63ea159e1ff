/// The relay of calls, as the site says.
package struct TURNSettings: Sendable, Equatable {
    /// At least one: `turn:turn.chat.example:3478?transport=udp`.
    package let uris: [String]
    /// Shared with the relay, which coturn calls `static-auth-secret`.
    package let secret: Secret
    /// How long credentials are good.
    package let lifetime: Duration

    package init(uris: [String], secret: String, lifetime: Duration) {
        self.uris = uris
        self.secret = Secret(secret)
        self.lifetime = lifetime
    }
}

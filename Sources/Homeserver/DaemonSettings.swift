package import Foundation

/// What runs beside the server, as the site says. Each is used by the feature it belongs to.
package struct DaemonSettings: Sendable, Equatable {
    /// The registrations of application services.
    package var appserviceFiles: [String] = []
    /// The antivirus. Nil: nothing is scanned.
    package var clamd: DaemonAddress?
    /// The switch of group calls. Nil: there are none.
    package var janus: URL?
    package var janusSecret: Secret?
    /// The relay of mail. Nil: no mail is sent.
    package var smtp: URL?
    package var smtpPassword: Secret?
    /// Takes each mail as a file instead.
    package var mailFolder: String?

    package init() {}
}

/// Where a daemon listens.
package enum DaemonAddress: Sendable, Equatable {
    case network(host: String, port: Int)
    case socket(path: String)
}

/// A text that shows itself to nobody who prints what holds it.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { "secret" }
    package var debugDescription: String { "secret" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// One thing the server does, with all it needs from wire to disk in one folder.
protocol Feature: Sendable {
    /// Hangs the feature's endpoints on the router.
    func addRoutes(to routes: Routes)

    /// What the feature adds to a `/sync` response.
    var syncSections: [any SyncSection] { get }

    /// What it does again and again, in steps that resume.
    var jobs: [any Job] { get }

    /// Other work that goes on beside the requests until it is cancelled.
    func run() async
}

extension Feature {
    var syncSections: [any SyncSection] { [] }
    var jobs: [any Job] { [] }
    func run() async {}
}

import ArgumentParser
import Homeserver

/// `chappe doctor`: examines all that a site rests on, and says what to do about what is not well.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Examine the data, the database, the addresses and the daemons of a site.",
        discussion: """
            Changes nothing, and can be run beside the server. Ends with 0 if there is no problem, \
            warnings or not, else with 1.
            """)

    @OptionGroup(visibility: .hidden) var options: SiteOptions

    func run() async throws {
        let decisions = options.decisions()
        for problem in decisions.problems {
            show(.problem("configuration", problem.description))
        }
        guard decisions.problems.isEmpty else { throw ExitCode(1) }
        let site = decisions.site
        show(.ok("configuration", "nothing in it contradicts itself."))
        let isRunning = try ConsoleSocket(dataFolder: site.dataFolder) != nil
        var hasProblem = false
        for examine in Self.examinations {
            for finding in await examine(site, isRunning) {
                show(finding)
                hasProblem = hasProblem || finding.grade == .problem
            }
        }
        if hasProblem { throw ExitCode(1) }
    }

    typealias Examination = @Sendable (_ site: Site, _ isRunning: Bool) async -> [Finding]

    private static let examinations: [Examination] = [
        { site, isRunning in DataExamination(site: site).findings(isRunning: isRunning) },
        { site, _ in await DatabaseExamination(site: site).findings() },
        { site, isRunning in
            await AddressExamination(site: site).findings(isRunning: isRunning)
        },
        { site, _ in DaemonExamination(site: site).findings() },
        { site, _ in SurroundingsExamination(site: site).findings() },
    ]

    private func show(_ finding: Finding) { Terminal.say(finding.line) }
}

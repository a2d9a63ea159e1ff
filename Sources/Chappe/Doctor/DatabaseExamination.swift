import Database
import Homeserver

/// Looks into the database, without changing anything.
struct DatabaseExamination {
    let site: Site

    func findings() async -> [Finding] {
        let inspection: DatabaseInspection
        do {
            inspection = try await Database.inspect(site.configuration.database)
        } catch let error as DatabaseError {
            return [failure(error)]
        } catch {
            return [.problem("database", "it cannot be looked into: \(error)")]
        }
        var findings = [Finding.ok("database", "\(inspection.version) answers.")]
        findings.append(
            inspection.damage.isEmpty
                ? .ok("integrity", "nothing is damaged.")
                : .problem(
                    "integrity",
                    "\(inspection.damage.joined(separator: "; ")): stop the server and put back a "
                        + "backup with `chappe restore`."))
        findings.append(durability(inspection))
        findings.append(migrations(inspection.migrations))
        return findings
    }

    private func failure(_ error: DatabaseError) -> Finding {
        switch error {
        case .disconnected(let reason):
            .problem(
                "database",
                "it cannot be reached: \(reason.split(separator: "\n").joined(separator: " "))")
        case .corrupt(let reason):
            .problem("database", "it is damaged (\(reason)): put back a backup.")
        case .io: .warning("database", "there is none yet; the first start makes it.")
        default: .problem("database", "it cannot be looked into: \(error)")
        }
    }

    private func durability(_ inspection: DatabaseInspection) -> Finding {
        guard inspection.weakSettings.isEmpty else {
            return .problem(
                "durability",
                "\(inspection.weakSettings.joined(separator: ", ")): what was acknowledged can be "
                    + "lost in a power failure; set it to on.")
        }
        return .ok("durability", "what is acknowledged is on the disk.")
    }

    private func migrations(_ applied: [String]) -> Finding {
        let known = Homeserver.migrations
        let strangers = Set(applied).subtracting(known).sorted()
        guard strangers.isEmpty else {
            return .problem(
                "schema",
                "a newer version has used the database (\(strangers.joined(separator: ", "))): "
                    + "install that version.")
        }
        let missing = known.count - applied.count
        return .ok(
            "schema",
            missing == 0 ? "up to date." : "\(missing) migrations run at the next start.")
    }
}

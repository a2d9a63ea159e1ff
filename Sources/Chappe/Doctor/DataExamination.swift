import Foundation
import Glibc
import Homeserver

/// Looks at the data folder and the signing key.
struct DataExamination {
    let site: Site

    func findings(isRunning: Bool) -> [Finding] {
        let path = site.dataFolder
        guard let mode = FileRights.mode(of: path) else {
            return [.warning("data folder", "\(path) is not there; the first start makes it.")]
        }
        var findings: [Finding] = []
        if access(path, R_OK | W_OK | X_OK) != 0 {
            findings.append(
                .problem("data folder", "\(path) cannot be written by this user: chown it to them.")
            )
        } else if mode & 0o077 != 0 {
            findings.append(
                .warning("data folder", "\(path) is open to other users: chmod 700 \(path)"))
        } else {
            findings.append(.ok("data folder", "\(path) belongs to this user alone."))
        }
        findings.append(space(path))
        findings.append(key())
        findings.append(
            .ok("server", isRunning ? "one runs on this folder." : "none runs on this folder."))
        return findings
    }

    private func space(_ path: String) -> Finding {
        var figures = statvfs()
        guard statvfs(path, &figures) == 0 else {
            return .warning("space", "the file system does not say how much is left.")
        }
        let free = Int64(figures.f_bavail) * Int64(figures.f_frsize)
        let text = "\(free >> 20) MiB are left for \(path)"
        if free < site.configuration.media.leastFreeBytes {
            return .problem("space", "\(text): uploads are refused; make room.")
        }
        if free < 2 << 30 { return .warning("space", "\(text): make room.") }
        return .ok("space", text + ".")
    }

    private func key() -> Finding {
        let path = site.signingKeyFile
        guard let mode = FileRights.mode(of: path) else {
            return .warning("signing key", "\(path) is not there; the first start makes it.")
        }
        do {
            guard try SigningKeyFile(path: path).existing() != nil else {
                return .problem("signing key", "\(path) cannot be read: put it back from a backup.")
            }
        } catch {
            return .problem("signing key", "\(path) cannot be read: \(error)")
        }
        if mode & 0o077 != 0 {
            return .problem("signing key", "\(path) is open to other users: chmod 600 \(path)")
        }
        return .ok("signing key", "\(path) can be read by this user alone.")
    }
}

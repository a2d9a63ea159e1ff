import Foundation
import Homeserver
import MatrixTypes

/// Looks at the addresses that the server listens at, its certificate and its web client.
struct AddressExamination {
    /// A certificate that ends sooner should have been renewed.
    private static let fewDays = 14

    let site: Site

    func findings(isRunning: Bool) async -> [Finding] {
        var findings: [Finding] = []
        let addresses: [(String, Address?)] = [
            ("listen", site.listen), ("tls-listen", site.tlsListen),
            ("admin-listen", site.adminListen),
        ]
        for case (let name, let address?) in addresses {
            if isRunning {
                findings.append(
                    Reach.connects(address.host, address.port)
                        ? .ok(name, "\(address) answers.")
                        : .problem(
                            name, "\(address) does not answer, though a server runs: see its log."))
            } else if let obstacle = await Listening.obstacle(address) {
                findings.append(.problem(name, obstacle))
            } else {
                findings.append(.ok(name, "\(address) is free."))
            }
        }
        if let certificate = site.tlsCertificate, let key = site.tlsKey {
            findings += self.certificate(certificate, key)
        } else if !site.isLocal {
            findings.append(
                .ok("certificate", "TLS is left to something in front of \(site.listen)."))
        }
        findings.append(
            site.configuration.webFolder.map { .ok("web client", "\($0) has one.") }
                ?? .warning("web client", "none is served: say its folder with web."))
        return findings
    }

    private func certificate(_ file: String, _ key: String) -> [Finding] {
        let certificates: TLSCertificates
        do {
            certificates = try TLSCertificates(certificateFile: file, keyFile: key)
        } catch {
            return [.problem("certificate", "\(error)")]
        }
        var findings: [Finding] = []
        let told: String? = site.configuration.publicBaseURL.flatMap { URL(string: $0)?.host() }
        let host = told ?? String(site.serverName.host)
        findings.append(
            certificates.isFor(host: host)
                ? .ok("certificate", "it is for \(host).")
                : .problem("certificate", "\(file) is not for \(host): take one that is."))
        if let validity = certificates.validity {
            let days = (validity.until - Int64(Date().timeIntervalSince1970)) / 86_400
            if validity.from > Int64(Date().timeIntervalSince1970) {
                findings.append(
                    .problem("certificate", "it is not good yet: look at the clock."))
            } else if days < 0 {
                findings.append(.problem("certificate", "it has expired: renew it."))
            } else if days < Self.fewDays {
                findings.append(.warning("certificate", "it ends in \(days) days: renew it."))
            } else {
                findings.append(.ok("certificate", "it is good for \(days) days."))
            }
        }
        return findings
    }
}

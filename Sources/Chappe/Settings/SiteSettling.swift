import Database
import Foundation
import Homeserver

extension Site {
    /// Checks what settings say together, and fills in what follows from them.
    mutating func settle(with problems: inout [Problem], given: [String: Given]) {
        func origin(_ name: String) -> Bool { given[name]?.origin == .option }
        func need(_ name: String, because reason: String, isUsage: Bool) {
            guard given[name] == nil else { return }
            problems.append(
                Problem(
                    "\(reason): say --\(name), CHAPPE_\(name.uppercased().replacing("-", with: "_")) "
                        + "or \(name) in the configuration file.", isUsage: isUsage))
        }
        need("server-name", because: "The name of the server is missing", isUsage: true)
        need("data", because: "The folder for the data is missing", isUsage: true)

        let together = [
            ("tls-listen", "tls-certificate"), ("tls-listen", "tls-key"),
            ("tls-certificate", "tls-listen"), ("tls-key", "tls-listen"),
            ("turn", "turn-secret-file"), ("turn-secret-file", "turn"),
            ("janus-secret-file", "janus"), ("smtp-password-file", "smtp"),
        ]
        for (one, other) in together where given[one] != nil && given[other] == nil {
            need(other, because: "\(one) does nothing without \(other)", isUsage: origin(one))
        }
        if given["smtp"] != nil, given["mail-folder"] != nil {
            problems.append(
                Problem("smtp and mail-folder exclude each other: take one away."))
        }
        for name in ["open-registration", "no-rate-limits", "allow-loopback"]
        where given[name].map({ (try? Written($0.values.last ?? "").yes()) == true }) == true {
            refuseUnlessLocal(name, given, &problems)
        }
        if given["registration-secret-file"] != nil {
            refuseUnlessLocal("registration-secret-file", given, &problems)
        }
        let places = [listen, tlsListen, adminListen].compactMap { $0 }.filter { $0.port != 0 }
        if Set(places.map(\.description)).count < places.count {
            problems.append(
                Problem("Two of listen, tls-listen and admin-listen are the same: change one."))
        }
        settleDatabase(&problems, isOption: origin("database"))
        configuration.publicBaseURL =
            configuration.publicBaseURL
            ?? (isLocal ? "http://\(listen)" : "https://\(serverName)")
        configuration.hasOperationsApart = adminListen != nil
        if let turnSecret, !turnURIs.isEmpty {
            configuration.turn = TURNSettings(
                uris: turnURIs, secret: turnSecret, lifetime: .seconds(turnLifetimeSeconds))
        }
    }

    private func refuseUnlessLocal(
        _ name: String, _ given: [String: Given], _ problems: inout [Problem]
    ) {
        guard !isLocal, let setting = Setting.byName[name], let said = given[name] else { return }
        problems.append(
            Problem(
                "\(setting.name(at: said.origin)) is for tests, on a server name that is local: "
                    + "localhost, a loopback address, or one that ends in .localhost or .test.",
                isUsage: said.origin == .option))
    }

    private mutating func settleDatabase(_ problems: inout [Problem], isOption: Bool) {
        guard database.lowercased() != "sqlite" else {
            configuration.database = .sqliteFile(dataFolder + "/chappe.db")
            if databasePassword != nil {
                problems.append(
                    Problem("database-password-file does nothing without a database of PostgreSQL.")
                )
            }
            return
        }
        guard var parts = URLComponents(string: database) else {
            problems.append(Problem("database must be sqlite or postgres://USER@HOST/NAME."))
            return
        }
        let inQuery = parts.queryItems?.contains { $0.name.lowercased() == "password" } ?? false
        if isOption, parts.password != nil || inQuery {
            problems.append(
                Problem(
                    "--database holds a password, which every user of this machine can see: "
                        + "put it into a file and name that with --database-password-file.",
                    isUsage: true))
        }
        if let databasePassword { parts.password = databasePassword }
        configuration.database = .postgres(parts.string ?? database)
    }
}

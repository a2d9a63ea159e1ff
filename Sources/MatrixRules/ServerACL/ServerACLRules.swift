package import MatrixTypes

/// Which servers may take part in a room, ready to be asked about many.
///
/// - Spec: [Server Access Control Lists (ACLs) for rooms](https://spec.matrix.org/v1.19/client-server-api/#server-access-control-lists-acls-for-rooms)
package struct ServerACLRules: Sendable {
    private let allowed: HostList
    private let denied: HostList
    private let allowsIPLiterals: Bool

    package init(_ acl: ServerACL) {
        allowed = HostList(acl.allow)
        denied = HostList(acl.deny)
        allowsIPLiterals = acl.allowsIPLiterals
    }

    /// The numbers are those of the rules; 1. is that a room without `m.room.server_acl` allows all.
    package func allows(_ server: ServerName) -> Bool {
        // 2. Addresses instead of names may be denied as a whole.
        if !allowsIPLiterals, server.isIPLiteral { return false }
        // The port does not count.
        let host = FoldedText(server.host)
        // 3. What is denied stays denied,
        if denied.contains(host) { return false }
        // 4. and 5. and what is not allowed is denied.
        return allowed.contains(host)
    }
}

/// Globs for hosts. Most are plain names, which are looked up at once.
private struct HostList: Sendable {
    private var names: Set<FoldedText> = []
    private var globs: [Glob] = []

    init(_ patterns: [String]) {
        for pattern in patterns {
            let glob = Glob(pattern)
            if let name = glob.literal { names.insert(name) } else { globs.append(glob) }
        }
    }

    func contains(_ host: FoldedText) -> Bool {
        names.contains(host) || globs.contains { $0.matches(host) }
    }
}

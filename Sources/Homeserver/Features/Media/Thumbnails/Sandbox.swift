/// What a child process is kept away from.
///
/// The child decodes pictures that strangers made, by libraries that had holes before. It has its
/// input and its output, both already open, and needs nothing else.
enum Sandbox: String, Sendable, CaseIterable {
    /// Namespaces of its own, with `/usr` to read and no other file, no network, no capability.
    case bubblewrap
    /// No network, no rights. Where containers do not let bubblewrap mount anything.
    case namespaces
    /// Its limits alone.
    case limits

    /// Memory in bytes: what it may write to, and all that it may map.
    private static let memoryBytes = 256 << 20
    private static let addressBytes = 512 << 20

    /// The command by which a program runs inside.
    ///
    /// - Parameter seconds: Of processor time.
    func command(_ program: [String], seconds: Int) -> [String] {
        let limited =
            [
                "/usr/bin/prlimit", "--data=\(Self.memoryBytes)", "--as=\(Self.addressBytes)",
                "--cpu=\(seconds)", "--fsize=0", "--nofile=64", "--core=0", "--",
            ] + program
        switch self {
        case .bubblewrap:
            return [
                "/usr/bin/bwrap", "--unshare-all", "--die-with-parent", "--new-session",
                "--cap-drop", "ALL", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib",
                "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin",
                "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--chdir", "/", "--",
            ] + limited
        case .namespaces:
            return [
                "/usr/bin/unshare", "--user", "--net", "--ipc", "--uts", "--kill-child", "--fork",
                "--pid", "--",
            ] + limited
        case .limits: return limited
        }
    }
}

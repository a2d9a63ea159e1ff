import CLinux
import Foundation
import Glibc
import MatrixTypes

/// A program run once, for what it writes.
struct ChildProcess: Sendable {
    /// The program's path, and what follows it.
    let command: [String]
    let environment: [String: String]
    /// It is killed when it takes longer.
    let longest: Duration
    /// It is killed when it writes more, in bytes.
    let mostOutput: Int

    /// What it wrote; nil where it failed or was killed.
    ///
    /// It gets the file as its standard input, and no other that we have open. Runs on a thread of
    /// its own: the wait holds up nobody else, and the child is told when that thread ends.
    func output(from input: OpenFile) async throws -> [UInt8]? {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try wait(input) })
            }
        }
    }

    private func wait(_ input: OpenFile) throws -> [UInt8]? {
        let deadline = ContinuousClock.now + longest
        var ends: [CInt] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw FileError(operation: "pipe", code: errno) }
        let reading = ends[0]
        defer { close(reading) }
        let child: pid_t
        do {
            defer { close(ends[1]) }
            child = try spawn(input.descriptor, ends[1])
        }
        var output: [UInt8] = []
        let isWhole = read(reading, into: &output, until: deadline)
        let status = end(child, isWhole: isWhole, until: deadline)
        return isWhole && status == 0 ? output : nil
    }

    private func spawn(_ input: CInt, _ output: CInt) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)

        // In a group of its own, so that it can be killed with all that it starts, and with the
        // signals as they are for a program: ours are taken by the server.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let code = posix_spawn(
            &child, command[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw FileError(operation: "posix_spawn", code: code) }
        return child
    }

    /// - Returns: False where there was more than may be, or the deadline passed.
    private func read(
        _ descriptor: CInt, into output: inout [UInt8], until deadline: ContinuousClock.Instant
    ) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = ContinuousClock.now.duration(to: deadline).milliseconds
            guard left > 0 else { return false }
            if poll(&watched, 1, CInt(clamping: left)) <= 0 { continue }
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return true }
            guard count > 0 else {
                if errno == EINTR { continue }
                return false
            }
            output += chunk[..<count]
            guard output.count <= mostOutput else { return false }
        }
    }

    /// Waits for the end of the child, which is brought about where it does not come by itself.
    ///
    /// - Returns: Its status, 0 where all went well.
    private func end(
        _ child: pid_t, isWhole: Bool, until deadline: ContinuousClock.Instant
    ) -> CInt {
        var status: CInt = 0
        while isWhole, ContinuousClock.now < deadline {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { return status }
            if ended < 0, errno != EINTR { return -1 }
            // It has closed its output, so that it is about to end.
            usleep(500)
        }
        kill(-child, SIGKILL)
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return -1
    }
}

import Foundation

/// What a command says, and to whom.
enum Terminal {
    /// What was asked for: to standard output.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    /// What went wrong: to standard error.
    static func complain(_ line: String) {
        FileHandle.standardError.write(Data(("chappe: " + line + "\n").utf8))
    }
}

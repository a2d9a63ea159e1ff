import ArgumentParser
import Foundation
import Glibc

/// Asks for a password: on the terminal without showing it, or from standard input where that is no
/// terminal. Never from an argument, which every user of the machine can see.
enum PasswordPrompt {
    /// - Parameter twice: Whether a person has to type it again.
    /// - Throws: Exit code 64 where nothing comes, or not the same twice.
    static func ask(for prompt: String, twice: Bool) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = readLine(), !line.isEmpty else {
                throw refusal("Standard input has no password in its first line.")
            }
            return line
        }
        let first = try hidden(prompt + ": ")
        if twice, try hidden("Once more: ") != first {
            throw refusal("These are two different passwords: nothing was changed.")
        }
        return first
    }

    private static func hidden(_ prompt: String) throws -> String {
        var before = termios()
        tcgetattr(STDIN_FILENO, &before)
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        // Before the prompt, so that nothing of the answer is shown or lost.
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        FileHandle.standardError.write(Data(prompt.utf8))
        guard let line = readLine(), !line.isEmpty else { throw refusal("No password was typed.") }
        return line
    }

    private static func refusal(_ sentence: String) -> ExitCode {
        Terminal.complain(sentence)
        return ExitCode(64)
    }
}

/// What an examination has come to.
struct Finding: Sendable, Equatable {
    enum Grade: String, Sendable {
        case ok, warning, problem
    }

    let grade: Grade
    /// What was looked at, in a word or two.
    let subject: String
    /// What was found; unless all is well, with what to do about it.
    let text: String

    static func ok(_ subject: String, _ text: String) -> Finding {
        Finding(grade: .ok, subject: subject, text: text)
    }
    static func warning(_ subject: String, _ text: String) -> Finding {
        Finding(grade: .warning, subject: subject, text: text)
    }
    static func problem(_ subject: String, _ text: String) -> Finding {
        Finding(grade: .problem, subject: subject, text: text)
    }

    var line: String {
        let mark = grade.rawValue + String(repeating: " ", count: 7 - grade.rawValue.count)
        return "\(mark)  \(subject): \(text)"
    }
}

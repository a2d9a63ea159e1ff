import Foundation
import Yams

/// The configuration file: YAML, one level deep, each key the name of a setting.
///
/// Deeper levels are refused: what a site decides fits on one page, and a file that says more than it
/// seems to is read wrongly by somebody.
enum ConfigurationFile {
    /// A larger one is refused.
    static let mostBytes = 1 << 20

    /// What was read, and what was wrong. Each problem names its line.
    struct Contents {
        var given: [String: Given] = [:]
        var problems: [Problem] = []
    }

    static func read(_ path: String) -> Contents {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            // An empty file has no bytes to give.
            data = try handle.read(upToCount: mostBytes + 1) ?? Data()
        } catch {
            return Contents(problems: [
                Problem(
                    "The configuration file \(path) cannot be read: "
                        + "it must be there, and this user must be allowed to read it.")
            ])
        }
        guard data.count <= mostBytes, let text = String(data: data, encoding: .utf8) else {
            return Contents(problems: [
                Problem("The configuration file \(path) must be UTF-8 text of at most 1 MiB.")
            ])
        }
        return parse(text, path)
    }

    static func parse(_ text: String, _ path: String) -> Contents {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            return Contents(problems: [problem(error, path)])
        }
        guard let root else { return Contents() }
        // `---` alone is an empty text.
        if case .scalar(let scalar) = root, scalar.string.isEmpty { return Contents() }
        guard case .mapping(let mapping) = root else {
            return Contents(problems: [
                Problem(
                    "\(path) must be lines of the form NAME: VALUE, as in listen: 127.0.0.1:8008.")
            ])
        }
        var contents = Contents()
        for (key, value) in mapping { read(key, value, path, into: &contents) }
        return contents
    }

    private static func read(
        _ key: Node, _ value: Node, _ path: String, into contents: inout Contents
    ) {
        let line = key.mark?.line ?? 0
        let place = "\(path), line \(line)"
        guard case .scalar(let scalar) = key else {
            contents.problems.append(Problem("\(place): a name was expected here."))
            return
        }
        let name = scalar.string
        guard let setting = Setting.byName[name] else {
            contents.problems.append(
                Problem(
                    "\(place): there is no setting \(name.prefix(100)); "
                        + "the nearest is \(Setting.nearest(to: name))."))
            return
        }
        guard let values = values(of: value, isList: setting.isList) else {
            let form =
                setting.isList ? "a value, or lines that begin with a hyphen" : "one value"
            contents.problems.append(Problem("\(place): \(name) takes \(form)."))
            return
        }
        contents.given[name] = Given(values: values, origin: .file(path: path, line: line))
    }

    private static func values(of node: Node, isList: Bool) -> [String]? {
        switch node {
        case .scalar(let scalar): return [scalar.string]
        case .sequence(let sequence) where isList:
            var values: [String] = []
            for item in sequence {
                guard case .scalar(let scalar) = item else { return nil }
                values.append(scalar.string)
            }
            return values.isEmpty ? nil : values
        default: return nil
        }
    }

    private static func problem(_ error: any Error, _ path: String) -> Problem {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            Problem("\(path), line \(mark.line): this is not YAML: \(problem).")
        case .duplicatedKeysInMapping(let names, let context):
            Problem(
                "\(path), line \(context.mark.line): \(names.joined(separator: ", ")) "
                    + "is there twice; take one away.")
        default: Problem("\(path) is not YAML.")
        }
    }
}

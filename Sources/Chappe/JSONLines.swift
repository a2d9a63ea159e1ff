import Foundation
import Logging
import MatrixTypes

/// Logs as JSON lines on standard error: one object for each entry.
struct JSONLines: LogHandler {
    let label: String
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        var line = jsonBytes { entry in
            entry["time"] = Date().ISO8601Format(
                .iso8601(timeZone: .gmt, includingFractionalSeconds: true))
            entry["level"] = event.level.rawValue
            entry["message"] = String(describing: event.message)
            for (key, value) in all.sorted(by: { $0.key < $1.key }) {
                entry[key] = String(describing: value)
            }
        }
        line.append(0x0A)
        FileHandle.standardError.write(Data(line))
    }
}

import Database
import Foundation
import HTTPTypes
import Hummingbird
import MatrixTypes
import NIOCore
import Synchronization

/// How often each kind of answer was given. Counted at the edge.
package final class RequestCounts: Sendable {
    private let counts = Mutex<[Int: Int]>([:])

    func count(_ status: HTTPResponse.Status) {
        counts.withLock { $0[status.code, default: 0] += 1 }
    }

    var all: [(status: Int, count: Int)] {
        counts.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

/// Figures for monitoring, in the text format of Prometheus.
///
/// `GET /metrics`
struct Metrics: Feature {
    let database: Database
    let requests: RequestCounts

    func addRoutes(to routes: Routes) {
        routes.operations.open(.get, "/metrics", use: respond)
    }

    @Sendable
    private func respond(_ request: Request, _ context: OpenContext) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private var text: String {
        let figures = database.metrics
        var lines: [String] = []
        func add(_ name: String, _ kind: String, _ help: String, _ values: [(String, any Numeric)])
        {
            lines.append("# HELP \(name) \(help)")
            lines.append("# TYPE \(name) \(kind)")
            for (labels, value) in values { lines.append("\(name)\(labels) \(value)") }
        }
        add(
            "chappe_http_answers_total", "counter", "Answers by status.",
            requests.all.map { ("{status=\"\($0.status)\"}", $0.count) })
        add("chappe_write_groups_total", "counter", "Committed groups.", [("", figures.groups)])
        add("chappe_write_blocks_total", "counter", "Committed blocks.", [("", figures.blocks)])
        add(
            "chappe_write_blocks_failed_total", "counter", "Blocks undone alone.",
            [("", figures.blocksFailed)])
        add(
            "chappe_commit_seconds_total", "counter", "Time that commits took.",
            [("", seconds(figures.commitTime))])
        add("chappe_reads_total", "counter", "Read blocks.", [("", figures.reads)])
        add("chappe_write_waiting", "gauge", "Blocks that wait.", [("", figures.waiting)])
        add(
            "chappe_stream_position", "gauge", "Newest committed position.",
            [("", database.committedPosition)])
        if let memory = residentBytes {
            add("process_resident_memory_bytes", "gauge", "Memory in use.", [("", memory)])
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// From the kernel, in pages of 4,096 bytes.
    private var residentBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return pages * 4096
    }
}

import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

extension TestClient {
    /// Searches; `criteria` are more members of `room_events`, as JSON.
    func search(_ term: String, _ criteria: String = "", next: String? = nil) async throws
        -> SearchStory
    {
        let quoted = String(
            decoding: jsonBytes { $0["t"] = term }.dropFirst(5).dropLast(), as: UTF8.self)
        let more = criteria.isEmpty ? "" : ", " + criteria
        let answer = try await post(
            "/_matrix/client/v3/search" + (next.map { "?next_batch=" + pathComponent($0) } ?? ""),
            #"{"search_categories": {"room_events": {"search_term": \#(quoted)\#(more)}}}"#)
        return SearchStory(answer: answer)
    }
}

/// What came back of a search.
struct SearchStory {
    let answer: TestAnswer

    var events: JSON? { answer["search_categories", "room_events"] }
    var count: Int? { events?["count"]?.int }
    var next: String? { events?["next_batch"]?.string }
    var results: [JSON] { events?["results"]?.array.map { Array($0) } ?? [] }
    var ids: [String] { results.compactMap { $0["result"]?["event_id"]?.string } }
    var highlights: [String]? { events?["highlights"]?.array?.strings }
}

extension TestServer {
    var search: Search {
        get throws {
            try #require(homeserver.features.compactMap { $0 as? Search }.first)
        }
    }
}

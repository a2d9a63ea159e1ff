import Foundation
import HTTPTypes
import HomeserverTesting
import Hummingbird
import Logging
import MatrixTypes
import NIOCore
import SeededTesting
import Testing

@testable import Homeserver

extension TestClient {
    /// Uploads bytes and gives the part of the path that names them: `server/mediaId`.
    func upload(
        _ bytes: [UInt8], type: String? = "application/octet-stream", name: String? = nil
    ) async throws -> String {
        let query = name.map { "?filename=" + pathComponent($0) } ?? ""
        let answer = try await ask(
            .post, "/_matrix/media/v3/upload" + query, bytes,
            headers: type.map { ["Content-Type": $0] } ?? [:])
        return String(try answer.string("content_uri").dropFirst("mxc://".count))
    }

    /// Makes a media ID to upload to, and gives the part of the path that names it.
    func reserveMedia() async throws -> String {
        let answer = try await post("/_matrix/media/v1/create", "{}")
        return String(try answer.string("content_uri").dropFirst("mxc://".count))
    }

    func fill(_ media: String, _ bytes: [UInt8]) async throws -> TestAnswer {
        try await ask(
            .put, "/_matrix/media/v3/upload/" + media, bytes,
            headers: ["Content-Type": "text/plain"])
    }

    func download(_ media: String, headers: [String: String] = [:]) async throws -> TestAnswer {
        try await ask(.get, "/_matrix/client/v1/media/download/" + media, headers: headers)
    }

    func thumbnail(_ media: String, _ query: String) async throws -> TestAnswer {
        try await get("/_matrix/client/v1/media/thumbnail/\(media)?\(query)")
    }

    /// Uploads a body as it comes from the network, in parts, with whatever length it claims.
    func uploadParts(
        _ parts: [[UInt8]], claiming length: Int?, breaksOff: Bool = false
    ) async throws -> TestAnswer {
        struct BrokenConnection: Error {}
        var head = HTTPRequest(
            method: .post, scheme: "http", authority: "localhost", path: "/_matrix/media/v3/upload")
        head.headerFields[.authorization] = "Bearer \(token ?? "")"
        if let length { head.headerFields[.contentLength] = String(length) }
        let stream = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
            for part in parts { continuation.yield(ByteBuffer(bytes: part)) }
            continuation.finish(throwing: breaksOff ? BrokenConnection() : nil)
        }
        let request = Request(head: head, body: RequestBody(asyncSequence: stream))
        return try await ask(request)
    }
}

extension TestServer {
    /// Every file below the media folder, by its path in it.
    var mediaFiles: [String] {
        let found = FileManager.default.enumerator(atPath: mediaFolder)?.allObjects ?? []
        return found.compactMap { $0 as? String }.filter { path in
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(
                atPath: mediaFolder + "/" + path, isDirectory: &isFolder)
            return exists && !isFolder.boolValue
        }
    }

    var mediaFolder: String { dataFolder + "/media" }

    var contentRepository: ContentRepository {
        get throws {
            try #require(homeserver.features.compactMap { $0 as? ContentRepository }.first)
        }
    }
}

/// Bytes that differ with their place, `count` of them.
func someBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
}

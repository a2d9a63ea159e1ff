import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct MediaSweepTests {
    @Test("What a crash has left is swept, what has a row is kept", arguments: TestEngine.allCases)
    func sweep(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let media = try await amelie.upload(Array("abc".utf8))
            let kept = server.mediaFiles
            // A process ended between the file and its row; another is just there.
            let lost = try server.leave(String(repeating: "0", count: 64), age: 7200)
            let young = try server.leave(String(repeating: "1", count: 64), age: 60)
            try server.age(kept[0], by: 7200)

            try await server.contentRepository.sweep()
            #expect(Set(server.mediaFiles) == Set(kept + [young]))
            #expect(!server.mediaFiles.contains(lost))
            #expect(try await amelie.download(media).text == "abc")
        }
    }

    @Test("A lost file that is uploaded again is found again")
    func uploadedAgain() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            _ = try server.leave(hash, age: 7200)
            let media = try await amelie.upload(Array("abc".utf8))
            try await server.contentRepository.sweep()
            #expect(try await amelie.download(media).text == "abc")
        }
    }

    @Test("What was being uploaded when a process ended is gone at the next start")
    func incoming() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("chappe-media-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let threads = FileThreads(count: 1)
        _ = try LocalMediaFiles(folder: folder, leastFreeBytes: 0, threads: threads)
        let half = folder + "/incoming/half"
        #expect(FileManager.default.createFile(atPath: half, contents: Data([1])))
        _ = try LocalMediaFiles(folder: folder, leastFreeBytes: 0, threads: threads)
        #expect(!FileManager.default.fileExists(atPath: half))
    }
}

extension TestServer {
    /// Puts a file without a row where media are kept, and gives its path there.
    fileprivate func leave(_ name: String, age: Double) throws -> String {
        let path = "\(name.prefix(2))/\(name.dropFirst(2).prefix(2))"
        try FileManager.default.createDirectory(
            atPath: "\(mediaFolder)/\(path)", withIntermediateDirectories: true)
        try Data("abc".utf8).write(to: URL(fileURLWithPath: "\(mediaFolder)/\(path)/\(name)"))
        try self.age("\(path)/\(name)", by: age)
        return "\(path)/\(name)"
    }

    fileprivate func age(_ path: String, by seconds: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -seconds)],
            ofItemAtPath: "\(mediaFolder)/\(path)")
    }
}

import Foundation
import Logging
import NIOCore
import Synchronization

/// Makes thumbnails by libvips, in a child process.
final class ThumbnailMaker: Sendable {
    /// What one thumbnail may take: of a processor's time, of time by the clock, which is more on a
    /// busy machine, and of bytes for its file.
    private static let processorSeconds = 5
    private static let longest = Duration.seconds(15)
    private static let mostBytes = 16 << 20

    private let program: String
    private let logger: Logger
    /// Found out at the first picture. Nil: not yet; then nil again: there is none.
    private let sandbox = Mutex<Sandbox??>(nil)

    init(program: String, logger: Logger) {
        self.program = program
        self.logger = logger
    }

    /// - Parameter file: A picture of the format, within the limit of pixels.
    /// - Returns: Nil where none could be made.
    func make(
        _ kind: ThumbnailKind, of file: OpenFile, _ format: ImageHeader.Format
    ) async throws -> (bytes: [UInt8], type: MediaType)? {
        guard let sandbox = try await usableSandbox() else { return nil }
        if let made = try await make(kind, of: file, format, in: sandbox) { return made }
        guard kind.isAnimated else { return nil }
        // Too many pictures: then the first.
        let still = ThumbnailKind(
            method: kind.method, width: kind.width, height: kind.height, isAnimated: false)
        return try await make(still, of: file, format, in: sandbox)
    }

    private func make(
        _ kind: ThumbnailKind, of file: OpenFile, _ format: ImageHeader.Format, in sandbox: Sandbox
    ) async throws -> (bytes: [UInt8], type: MediaType)? {
        let (suffix, type) = Self.output(kind, format)
        var arguments = [
            kind.isAnimated ? "stdin[n=-1]" : "stdin", "--size", "\(kind.width)x\(kind.height)>",
            "--export-profile", "srgb", "--output", suffix,
        ]
        if kind.method == .crop { arguments += ["--smartcrop", "centre"] }
        guard let bytes = try await run(arguments, on: file, in: sandbox), !bytes.isEmpty else {
            return nil
        }
        return (bytes, type)
    }

    /// Of the same format as the picture, which can hold what is in it; all else is left out: where
    /// it was taken and by whom.
    private static func output(
        _ kind: ThumbnailKind, _ format: ImageHeader.Format
    ) -> (suffix: String, type: MediaType) {
        if kind.isAnimated { return (".webp[Q=75,strip]", MediaType("image/webp")) }
        return switch format {
        case .png, .gif: (".png[strip]", MediaType("image/png"))
        case .jpeg: (".jpg[Q=80,optimize_coding,strip]", MediaType("image/jpeg"))
        case .webp: (".webp[Q=80,strip]", MediaType("image/webp"))
        }
    }

    private func run(
        _ arguments: [String], on file: OpenFile, in sandbox: Sandbox,
        longest: Duration = ThumbnailMaker.longest
    ) async throws -> [UInt8]? {
        try await ChildProcess(
            command: sandbox.command([program] + arguments, seconds: Self.processorSeconds),
            environment: [
                "PATH": "/usr/bin:/bin", "VIPS_BLOCK_UNTRUSTED": "1", "VIPS_CONCURRENCY": "1",
                // One arena, and no temporary files, which it could not write.
                "MALLOC_ARENA_MAX": "1", "VIPS_DISC_THRESHOLD": "1g",
            ],
            longest: longest, mostOutput: Self.mostBytes
        ).output(from: file)
    }

    /// The strictest sandbox in which a small picture comes out well.
    private func usableSandbox() async throws -> Sandbox? {
        if let known = sandbox.withLock({ $0 }) { return known }
        let found = try await firstThatWorks()
        let isNews = sandbox.withLock { sandbox in
            defer { sandbox = .some(found) }
            return sandbox == nil
        }
        if isNews, found != .bubblewrap {
            logger.warning(
                "thumbnails are made without the usual sandbox",
                metadata: ["sandbox": "\(found?.rawValue ?? "none works: no thumbnails are made")"])
        }
        return found
    }

    private func firstThatWorks() async throws -> Sandbox? {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("chappe-\(UUID().uuidString).png").path
        try Data(Self.dot).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        for sandbox in Sandbox.allCases {
            guard let file = try OpenFile(reading: path) else { return nil }
            let arguments = ["stdin", "--size", "1x1>", "--output", ".png[strip]"]
            // Patient, since a busy machine must not lead to a weaker sandbox.
            let made = try await run(arguments, on: file, in: sandbox, longest: .seconds(30))
            if let made, made.starts(with: Self.dot.prefix(8)) { return sandbox }
        }
        return nil
    }

    /// A PNG of one grey pixel.
    private static let dot: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44,
        0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3A,
        0x7E, 0x9B, 0x55, 0x00, 0x00, 0x00, 0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9C, 0x63, 0x68,
        0x00, 0x00, 0x00, 0x82, 0x00, 0x81, 0x77, 0xCD, 0x72, 0xB6, 0x00, 0x00, 0x00, 0x00, 0x49,
        0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
    ]
}

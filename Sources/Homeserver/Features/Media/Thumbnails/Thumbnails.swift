import Database
import HTTPTypes
import Hummingbird
import MatrixTypes
import NIOCore

/// The thumbnails of this server's pictures: made when first asked for, kept afterwards.
struct Thumbnails: Sendable {
    /// More are not kept of one file.
    private static let mostOfOneFile = 32
    /// After a failure it is not tried again for so long: the same picture fails again.
    private static let pauseAfterFailure = Duration.seconds(600)

    let library: MediaLibrary
    let maker: ThumbnailMaker
    let threads: FileThreads
    let queue = ThumbnailQueue(mostWorking: 2, mostWaiting: 32)
    /// What was found lately: pictures of people are asked for at every start of a client.
    private let cache = SharedCache<Wanted, Found>(capacity: 20_000)

    private struct Wanted: Hashable {
        let source: FileHash
        let request: ThumbnailRequest
    }
    private struct Found {
        let hash: FileHash
        let contentType: MediaType
    }

    init(library: MediaLibrary, maker: ThumbnailMaker, threads: FileThreads) {
        self.library = library
        self.maker = maker
        self.threads = threads
    }

    /// What a request is answered with.
    struct Answer: Sendable {
        let file: any MediaFile
        let hash: FileHash
        let contentType: MediaType
    }

    /// - Errors: `M_UNKNOWN` for what is no picture, or none that can be made smaller;
    ///   `M_TOO_LARGE` past the limit of pixels; `M_LIMIT_EXCEEDED` where too many wait.
    func answer(_ request: ThumbnailRequest, of media: Media) async throws -> Answer {
        let wanted = Wanted(source: media.hash, request: request)
        if let found = cache.value(wanted), let answer = try await open(found) { return answer }

        let file = try await library.open(media)
        let local = try await file.localFile()
        guard let image = try await header(of: local) else { throw Self.impossible }
        let (pixels, overflows) = image.width.multipliedReportingOverflow(by: image.height)
        guard !overflows, pixels <= library.settings.mostPixels else {
            throw MatrixError.tooLarge("This picture has too many pixels for a thumbnail.")
        }
        guard case .make(let kind) = ThumbnailPlan(request, of: image) else {
            return Answer(file: file, hash: media.hash, contentType: image.type)
        }
        if let kept = try await kept(kind, for: wanted) { return kept }
        guard await queue.enter() else {
            throw MatrixError.limitExceeded(retryAfter: .seconds(5))
        }
        do {
            let answer = try await make(kind, for: wanted, local, image.format)
            await queue.leave()
            return answer
        } catch {
            await queue.leave()
            throw error
        }
    }

    private func header(of file: OpenFile) async throws -> ImageHeader? {
        try await threads.run {
            try ImageHeader { offset, count in
                Array(try file.read(at: offset, count: count).readableBytesView)
            }
        }
    }

    /// - Throws: `M_UNKNOWN` where it could not be made a while ago.
    private func kept(_ kind: ThumbnailKind, for wanted: Wanted) async throws -> Answer? {
        let known = try await library.database.read { [cache] db in
            let known = try ThumbnailStore(db: db).thumbnail(kind, of: wanted.source)
            if case .made(let hash, let type) = known {
                db.cache(cache, wanted, Found(hash: hash, contentType: type))
            }
            return known
        }
        switch known {
        case .made(let hash, let type): return try await open(Found(hash: hash, contentType: type))
        case .failed(let time) where time + Self.pauseAfterFailure > library.clock.now:
            throw Self.impossible
        case .failed, nil: return nil
        }
    }

    /// Nil for one that has gone from the disk: it is made again.
    private func open(_ found: Found) async throws -> Answer? {
        guard let file = try await library.files.open(found.hash) else { return nil }
        return Answer(file: file, hash: found.hash, contentType: found.contentType)
    }

    private func make(
        _ kind: ThumbnailKind, for wanted: Wanted, _ file: OpenFile, _ format: ImageHeader.Format
    ) async throws -> Answer {
        // Somebody who stood before us may have asked for the same.
        if let kept = try await kept(kind, for: wanted) { return kept }
        let source = wanted.source
        let database = library.database
        let count = try await database.read { try ThumbnailStore(db: $0).count(of: source) }
        guard count < Self.mostOfOneFile else { throw Self.impossible }

        let made = try await maker.make(kind, of: file, format)
        let now = library.clock.now
        guard let made else {
            try await database.write { db in
                try ThumbnailStore(db: db).set(kind, of: source, to: nil, nil, at: now)
            }
            throw Self.impossible
        }
        let body = RequestBody(buffer: ByteBuffer(bytes: made.bytes))
        let kept = try await library.files.keep(body, atMost: Int64(made.bytes.count))
        try await database.write { db in
            try MediaStore(db: db).insertFile(kept.hash, kept.sizeBytes, at: now)
            try ThumbnailStore(db: db).set(kind, of: source, to: kept.hash, made.type, at: now)
        }
        guard let answer = try await self.kept(kind, for: wanted) else { throw Self.impossible }
        return answer
    }

    private static let impossible = MatrixError(
        .badRequest, .unknown, "No thumbnail can be made of this.")
}

extension ImageHeader {
    var type: MediaType {
        switch format {
        case .png: MediaType("image/png")
        case .jpeg: MediaType("image/jpeg")
        case .gif: MediaType("image/gif")
        case .webp: MediaType("image/webp")
        }
    }
}

import Database
import Hummingbird
import Logging
import MatrixTypes
import NIOCore

/// The content repository: files that people share, and smaller pictures made of them.
///
/// - Spec: [Content repository](https://spec.matrix.org/v1.19/client-server-api/#content-repository)
struct ContentRepository: Feature {
    let library: MediaLibrary
    let thumbnails: Thumbnails

    /// - Parameter folder: Made where it is not there; nobody else's.
    init(
        folder: String, settings: MediaSettings, database: Database, serverName: ServerName,
        clock: any WallClock, logger: Logger
    ) throws {
        let threads = FileThreads(count: max(4, System.coreCount))
        library = MediaLibrary(
            database: database,
            files: try LocalMediaFiles(
                folder: folder, leastFreeBytes: settings.leastFreeBytes, threads: threads),
            settings: settings, serverName: serverName, clock: clock)
        thumbnails = Thumbnails(
            library: library, maker: ThumbnailMaker(program: settings.thumbnailer, logger: logger),
            threads: threads)
        database.onCommit { [waits = library.waits] in waits.committed($0) }
    }

    func addRoutes(to routes: Routes) {
        let limits = MediaLimits(settings: library.settings)
        let preview = PreviewURL()
        let download = DownloadMedia(library: library)
        let thumbnail = ReadThumbnail(thumbnails: thumbnails)
        routes.media.post(
            "/v3/upload", .writing.limited(by: .media), use: UploadMedia(library: library).respond)
        routes.media.post(
            "/v1/create", .writing.limited(by: .media), use: ReserveMedia(library: library).respond)
        routes.media.put(
            "/v3/upload/{serverName}/{mediaId}", .writing.limited(by: .media),
            use: FillMedia(library: library).respond)

        routes.client.get("/v1/media/config", use: limits.respond)
        routes.client.get("/v1/media/preview_url", use: preview.respond)
        routes.client.get("/v1/media/download/{serverName}/{mediaId}", use: download.respond)
        routes.client.get(
            "/v1/media/download/{serverName}/{mediaId}/{fileName}", use: download.respondNamed)
        routes.client.get("/v1/media/thumbnail/{serverName}/{mediaId}", use: thumbnail.respond)

        routes.media.get("/v3/config", use: limits.respond)
        routes.media.get("/v3/preview_url", use: preview.respond)
        LegacyMedia(
            download: download, thumbnail: thumbnail, isFrozen: !library.settings.servesWithoutToken
        ).addRoutes(to: routes.media)
    }

    var jobs: [any Job] { [MediaSweep(repository: self)] }

    func sweep() async throws {
        let database = library.database
        let expired = library.clock.now - .seconds(3600)
        try await database.write { try MediaStore(db: $0).deleteReserved(expiredBefore: expired) }
        try await library.files.sweep { hashes in
            try await database.read { try MediaStore(db: $0).known(hashes) }
        }
    }
}

/// Once a day: forgets the media IDs that nobody uploaded to, and the files that lost their row when a
/// process ended between the two.
private struct MediaSweep: Job {
    let name = "media"
    let interval = Duration.seconds(86_400)
    let repository: ContentRepository

    func step(at now: Timestamp) async throws -> Bool {
        try await repository.sweep()
        return false
    }
}

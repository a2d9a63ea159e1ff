/// What a site decides about media.
package struct MediaSettings: Sendable {
    /// A larger upload is refused; told to clients as `m.upload.size`. Default: 100 MiB.
    package var mostUploadBytes: Int64 = 100 << 20
    /// All that one account may upload, so that none fills the disk for the others. Default: 50 GiB.
    package var mostBytesPerUser: Int64 = 50 << 30
    /// Uploads that one account may have under way at a time. Default: 32.
    package var mostUploadsAtOnce = 32
    /// Media IDs that one account may have made without uploading to them yet. Default: 32.
    package var mostReservedPerUser = 32
    /// How long a media ID waits for its upload. Default: a day, as the specification recommends.
    package var reservationLifetime = Duration.seconds(86_400)
    /// Uploads are refused while the disk has less left than this, in bytes, so that the database
    /// can still write. Default: 256 MiB.
    package var leastFreeBytes: Int64 = 256 << 20
    /// No thumbnail is made of an image with more pixels. Default: 50 million.
    package var mostPixels = 50_000_000
    /// The program that makes thumbnails, of the package libvips-tools.
    package var thumbnailer = "/usr/bin/vipsthumbnail"
    /// Whether `/_matrix/media/v3/download` and `/thumbnail`, which ask for no access token, serve
    /// anything. For sites whose clients are older than version 1.11 of the specification.
    package var servesWithoutToken = false

    package init() {}
}

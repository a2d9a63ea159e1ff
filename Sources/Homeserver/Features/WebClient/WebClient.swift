import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The files of the web client, read once at the start and served from memory.
///
/// Files whose name holds a hash of their content never change and are kept by browsers for good;
/// the page itself is asked for anew each time. Any path without a file is the page: the client
/// knows its own addresses.
struct WebClient: Sendable {
    private struct File: Sendable {
        let body: ByteBuffer
        /// The same by gzip, where the build has made it.
        var packed: ByteBuffer?
        let type: String
        let tag: String
        let isImmutable: Bool
    }

    /// Larger ones are not read.
    private static let mostFileBytes = 16 << 20

    private let files: [String: File]

    /// - Parameter folder: `web/dist`.
    /// - Throws: Where the folder cannot be read, or has no `index.html`.
    init(folder: String) throws {
        let root = URL(fileURLWithPath: folder, isDirectory: true)
        var files: [String: File] = [:]
        let found = FileManager.default.enumerator(
            at: root, includingPropertiesForKeys: [.isRegularFileKey, .fileSizeKey])
        for case let url as URL in found ?? FileManager.DirectoryEnumerator() {
            let values = try url.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
            guard values.isRegularFile == true, (values.fileSize ?? 0) <= Self.mostFileBytes else {
                continue
            }
            guard url.pathExtension != "gz", url.pathExtension != "map" else { continue }
            let path = url.standardizedFileURL.path.dropFirst(root.standardizedFileURL.path.count)
            let data = try Data(contentsOf: url)
            let hash = SHA256.hash(data: data).prefix(12).map { String(format: "%02x", $0) }
            files[path.hasPrefix("/") ? String(path) : "/" + path] = File(
                body: ByteBuffer(bytes: data),
                packed: (try? Data(contentsOf: url.appendingPathExtension("gz"))).map {
                    ByteBuffer(bytes: $0)
                },
                type: Self.type(of: url.pathExtension),
                tag: "\"\(hash.joined())\"", isImmutable: Self.hasHash(url.lastPathComponent))
        }
        guard files["/index.html"] != nil else { throw CocoaError(.fileNoSuchFile) }
        self.files = files
    }

    func respond(to request: Request) -> Response? {
        let path = request.uri.path
        // What is for whoever runs the server is no page, also where another port has it.
        guard path != "/metrics", !path.hasPrefix("/health/") else { return nil }
        let name = path == "/" ? "/index.html" : path
        let isFileName = name.split(separator: "/").last?.contains(".") ?? false
        guard let file = files[name] ?? (isFileName ? nil : files["/index.html"]) else {
            return nil
        }
        var headers: HTTPFields = [
            .contentType: file.type, .eTag: file.tag, .xContentTypeOptions: "nosniff",
            .cacheControl: file.isImmutable ? "public, max-age=31536000, immutable" : "no-cache",
            .contentSecurityPolicy: Self.policy,
        ]
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        if request.headers[.ifNoneMatch] == file.tag {
            return Response(status: .notModified, headers: headers)
        }
        headers[.vary] = "Accept-Encoding"
        var body = file.body
        if let packed = file.packed, request.headers[.acceptEncoding]?.contains("gzip") == true {
            headers[.contentEncoding] = "gzip"
            body = packed
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// Scripts and styles of our own alone; what others sent is shown as data, never run.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        + "media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
        + "manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        + "frame-ancestors 'none'"

    /// `main-HAGKSL23.js`: the build names what it may never change after its content.
    private static func hasHash(_ name: String) -> Bool {
        name.wholeMatch(of: /.+-[A-Z0-9]{8}\.[a-z0-9.]+/) != nil
    }

    private static func type(of pathExtension: String) -> String {
        switch pathExtension {
        case "html": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json", "map": "application/json"
        case "webmanifest": "application/manifest+json"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        case "woff2": "font/woff2"
        case "txt": "text/plain; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}

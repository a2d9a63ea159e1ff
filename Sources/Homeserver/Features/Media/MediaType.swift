/// The type of a file as its uploader gave it in `Content-Type`, such as `text/plain; charset=utf-8`.
struct MediaType: Sendable, Equatable {
    /// Longer ones are not kept.
    private static let mostBytes = 255

    /// Fit for a header.
    let text: String

    static let unknown = MediaType("application/octet-stream")

    /// What was checked before.
    init(_ text: String) { self.text = text }

    /// What a client sent. Where that is no media type, or too long, we say that we do not know:
    /// the specification allows it where the type is obviously wrong.
    init(header: String?) {
        guard let header, header.utf8.count <= Self.mostBytes,
            header.utf8.allSatisfy({ (0x20...0x7E).contains($0) }),
            Self.isType(Self.essence(of: header))
        else {
            self = .unknown
            return
        }
        text = header
    }

    /// `type/subtype` without parameters, in lower case.
    var essence: String { Self.essence(of: text) }

    private static func essence(of text: String) -> String {
        let end = text.firstIndex(of: ";") ?? text.endIndex
        return String(text[..<end].trimmingSuffix { $0 == " " }).lowercased()
    }

    /// - Spec: RFC 9110, section 5.6.2 (tokens)
    private static func isType(_ essence: String) -> Bool {
        let parts = essence.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy {
                        switch $0 {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"):
                            true
                        default: "!#$%&'*+-.^_`|~".utf8.contains($0)
                        }
                    }
            }
    }

    /// Whether a browser that shows the file by this type runs nothing that is in it.
    ///
    /// - Spec: [Serving inline content](https://spec.matrix.org/v1.19/client-server-api/#serving-inline-content)
    var isSafeInline: Bool { Self.safeInline.contains(essence) }

    private static let safeInline: Set<String> = [
        "text/css", "text/plain", "text/csv", "application/json", "application/ld+json",
        "image/jpeg", "image/gif", "image/png", "image/apng", "image/webp", "image/avif",
        "video/mp4", "video/webm", "video/ogg", "video/quicktime", "audio/mp4", "audio/webm",
        "audio/aac", "audio/mpeg", "audio/ogg", "audio/wave", "audio/wav", "audio/x-wav",
        "audio/x-pn-wav", "audio/flac", "audio/x-flac",
    ]
}

extension Substring {
    fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}

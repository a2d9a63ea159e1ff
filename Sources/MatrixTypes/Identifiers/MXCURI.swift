/// Where a file is: `mxc://server/media-id`.
///
/// The media ID is held to `[A-Za-z0-9_-]`, so that neither part can lead out of a folder.
///
/// - Spec: [Matrix Content (mxc://) URIs](https://spec.matrix.org/v1.19/client-server-api/#matrix-content-mxc-uris)
package struct MXCURI: Identifier {
    package let rawValue: String

    package init?(_ text: String) {
        guard text.utf8.count <= 6 + 255 + 1 + 255, text.utf8.starts(with: "mxc://".utf8),
            let slash = text.utf8.dropFirst(6).firstIndex(of: UInt8(ascii: "/")),
            ServerName.isValid(text.utf8.dropFirst(6).prefix(upTo: slash)),
            Self.isMediaID(text.utf8[text.utf8.index(after: slash)...])
        else { return nil }
        rawValue = text
    }

    package init(unchecked text: String) { rawValue = text }

    /// Nil when the media ID breaks the grammar.
    package init?(server: ServerName, mediaID: String) { self.init("mxc://\(server)/\(mediaID)") }

    package var server: ServerName {
        let name = rawValue.utf8.dropFirst(6).prefix { $0 != UInt8(ascii: "/") }
        return ServerName(unchecked: String(Substring(name)))
    }

    package var mediaID: String {
        let rest = rawValue.utf8.dropFirst(6).drop { $0 != UInt8(ascii: "/") }
        return String(Substring(rest.dropFirst()))
    }

    static func isMediaID(_ text: Substring.UTF8View) -> Bool {
        (1...255).contains(text.count)
            && text.allSatisfy {
                $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
            }
    }
}

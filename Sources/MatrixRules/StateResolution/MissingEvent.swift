package import MatrixTypes

/// An event that a resolution needs is not to be had.
package struct MissingEvent: Error, Equatable {
    package let id: EventID
}

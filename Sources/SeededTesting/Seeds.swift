import Foundation

/// The seeds of a property: as many as are usual, or as `SEEDS` in the environment says.
///
/// `make test` takes the usual number; `make soak` sets thousands. A test that fails names its seed.
package func seeds(_ usual: UInt64) -> Range<UInt64> {
    0..<(ProcessInfo.processInfo.environment["SEEDS"].flatMap(UInt64.init) ?? usual)
}

import Homeserver
import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the certificate again when its files have changed, or at once on SIGHUP.
struct Reloading: ServiceLifecycle.Service {
    /// How often the files are looked at.
    private static let interval = Duration.seconds(30)

    let certificates: TLSCertificates?
    let logger: Logger

    func run() async throws {
        // The signal is taken whether there are certificates or not: by itself it ends a process.
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in signals { reload(saysAlways: true) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        do { try await Task.sleep(for: Self.interval) } catch { return }
                        reload(saysAlways: false)
                    }
                }
            }
        }
    }

    private func reload(saysAlways: Bool) {
        guard let certificates else { return }
        do {
            if try certificates.reload() || saysAlways {
                logger.notice("The certificate has been read again.")
            }
        } catch {
            logger.warning(
                "The certificate cannot be read again; the one before stays.",
                metadata: ["reason": "\(error)"])
        }
    }
}

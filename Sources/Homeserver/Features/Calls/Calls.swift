import Hummingbird

/// Calls between two people: the relay that connects them where their networks do not.
///
/// - Spec: [Voice over IP](https://spec.matrix.org/v1.19/client-server-api/#voice-over-ip)
struct Calls: Feature {
    let turn: TURNSettings?
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        let relay = GetTurnServer(turn: turn, clock: clock)
        routes.client.get("/v3/voip/turnServer", use: relay.respond)
    }
}

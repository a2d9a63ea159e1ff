import Database
import HTTPTypes
import MatrixTypes

/// On what people are told of, where, and of what they were.
///
/// - Spec: [Push Notifications](https://spec.matrix.org/v1.19/client-server-api/#push-notifications)
struct Push: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock
    let counting: CountNotifications

    var syncSections: [any SyncSection] { [PushRulesInSync(rules: counting.rules)] }

    func addRoutes(to routes: Routes) {
        let read = ReadPushRules(database: database, rules: counting.rules)
        for path in ["/v3/pushrules/", "/v3/pushrules"] {
            routes.client.get(path, use: read.all)
        }
        for path in ["/v3/pushrules/global/", "/v3/pushrules/global"] {
            routes.client.get(path, use: read.global)
        }
        let rule = "/v3/pushrules/global/{kind}/{ruleId}"
        routes.client.get(rule, use: read.rule)
        routes.client.get(rule + "/enabled", use: read.enabled)
        routes.client.get(rule + "/actions", use: read.actions)
        let change = ChangePushRules(database: database, engine: engine, counting: counting)
        routes.client.put(rule, .evenSuspended, use: change.put)
        routes.client.delete(rule, .evenSuspended, use: change.delete)
        routes.client.put(rule + "/enabled", .evenSuspended, use: change.setEnabled)
        routes.client.put(rule + "/actions", .evenSuspended, use: change.setActions)

        let pushers = Pushers(database: database, clock: clock)
        routes.client.get("/v3/pushers", use: pushers.list)
        routes.client.post("/v3/pushers/set", use: pushers.set)
        let notifications = ListNotifications(
            database: database, engine: engine, clock: clock, rules: counting.rules)
        routes.client.get("/v3/notifications", use: notifications.respond)
    }
}

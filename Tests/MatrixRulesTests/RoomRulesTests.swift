import MatrixTypes
import Testing

@testable import MatrixRules

struct RoomRulesTests {
    /// In which versions something holds.
    private func versions(_ holds: (RoomRules) -> Bool) -> [Int] {
        RoomRules.all.enumerated().filter { holds($0.element) }.map { $0.offset + 1 }
    }

    @Test("All versions of the specification are known, and no others")
    func known() {
        #expect(RoomRules.all.map(\.version.rawValue) == (1...12).map(String.init))
        for rules in RoomRules.all {
            #expect(RoomRules.of(rules.version)?.version == rules.version)
        }
        #expect(RoomRules.of("13") == nil)
        #expect(RoomRules.of("") == nil)
        #expect(RoomRules.of("org.matrix.hydra.11") == nil)
    }

    @Test("Each difference begins and ends with the version that the specification says")
    func differences() {
        #expect(versions { $0.eventIDFormat == .chosenBySender } == [1, 2])
        #expect(versions { $0.needsSignatureOfEventIDServer } == [1, 2])
        #expect(versions { $0.eventIDFormat == .base64 } == [3])
        #expect(versions { $0.eventIDFormat == .urlSafeBase64 } == Array(4...12))
        #expect(versions { $0.format.namesItself } == [1, 2])
        #expect(versions { $0.jsonMode == .strict } == Array(6...12))
        #expect(versions { $0.stateResolution == .first } == [1])
        #expect(versions { $0.stateResolution == .second } == Array(2...11))
        #expect(versions { $0.stateResolution == .secondPointOne } == [12])
        #expect(versions { $0.authorizesRedactions } == [1, 2])
        #expect(versions { $0.hasAliasesRule } == Array(1...5))
        #expect(versions { $0.enforcesKeyValidity } == Array(5...12))
        #expect(versions { $0.checksNotificationLevels } == Array(6...12))
        #expect(versions { $0.allowsKnocking } == Array(7...12))
        #expect(versions { $0.hasRestrictedJoins } == Array(8...12))
        #expect(versions { $0.hasKnockRestrictedJoins } == Array(10...12))
        #expect(versions { $0.powerIntegers == .strict } == Array(10...12))
        #expect(versions { $0.creatorIsSender } == [11, 12])
        #expect(versions { $0.redactsInContent } == [11, 12])
        #expect(versions { $0.roomIDIsCreateHash } == [12])
        #expect(versions { !$0.citesCreateEvent } == [12])
        #expect(versions { $0.privilegesCreators } == [12])
    }
}

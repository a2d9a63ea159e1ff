import MatrixTypes
import Testing

@testable import Homeserver

struct SyncTokenTests {
    @Test(
        "A token is read as it was written",
        arguments: [nil, StreamPosition(rawValue: 0), StreamPosition(rawValue: 41)])
    func roundTrip(toDevice: StreamPosition?) {
        let token = SyncToken(
            incarnation: .max, position: StreamPosition(rawValue: 42), boot: .min, ephemeral: 7,
            toDevice: toDevice)
        #expect(SyncToken(token.description) == token)
        #expect(HistoryToken(token.description)?.order == 42)
    }

    @Test(
        "What is no token is none",
        arguments: [
            "", "s1", "s1_1_2_3", "s1_1_2_3_4_5_6", "s1_1_2_3_4_", "s1_1_2_3_4_x", "s2_1_2_3_4",
            "s1_1_-2_3_4", "s1_1_2_3_-4",
            // Nothing was told beyond the place of everything else.
            "s1_1_2_3_4_2", "s1_1_2_3_4_3", "s1_1_2_3_4_-1",
        ])
    func malformed(text: String) {
        #expect(SyncToken(text) == nil)
    }
}

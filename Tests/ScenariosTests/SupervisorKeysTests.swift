import Testing

@testable import Scenarios

/// A machine has keys of supervisor pages where its scenario says so, or where the design in force is about them.
@Suite struct SupervisorKeysTests {
  @Test(arguments: [
    ("{}", false), (#"{"machine": {"supervisorKeys": true}}"#, true),
    (#"{"guest": {"variant": "ushellpks-hardened"}}"#, true),
    (#"{"machine": {"memoryMiB": 64}, "guest": {"variant": "ushellpks-hardened", "design": "pks-hardened"}}"#, true),
    (#"{"machine": {"supervisorKeys": false}, "guest": {"variant": "ushellpks-hardened"}}"#, false),
    (#"{"guest": {"variant": "ushellmpk-hardened"}}"#, false),
  ])
  func theDesignBringsItsKeys(text: String, hasKeys: Bool) throws {
    #expect(try Scenario.read(Array(text.utf8), file: "s.json").machine.supervisorKeys == hasKeys)
  }
}

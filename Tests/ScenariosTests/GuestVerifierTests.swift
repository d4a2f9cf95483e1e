import Foundation
import SimEvents
import Testing

@testable import Scenarios

/// The verifier in the guest, beside an application that goes on.
@Suite struct GuestVerifierTests {
  /// When the application's lines end, in cycles: nanoseconds at the machine's usual 1 GHz.
  private final class Lines: EventSink {
    private(set) var ends: [UInt64] = []
    private(set) var typed: UInt64?

    func record(_ event: Event) {
      switch event.payload {
      case .consoleOutput(.serial, let bytes) where bytes.contains(0x0a): ends.append(event.time)
      case .consoleInput: typed = typed ?? event.time
      default: break
      }
    }
  }

  /// The machine is slow, so that the look at one program takes seconds; the application still shows its number each second.
  @Test(.enabled(if: imagesAreBuilt)) func theApplicationDoesNotWait() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "scenario.json",
      """
      {"machine": {"costs": "slow"}, "guest": {"variant": "ushellmpk-bpf", "design": "ebpf-verified"},
       "share": {"attacks": ["bpf/verifier-states.bpf.o"]},
       "script": [{"expect": "> ", "within": "2s"},
         {"send": "bpf_exec verifier-states.bpf.o"}, {"expect": "too large", "within": "30s"}, {"expect": "> "}],
       "expect": {"outcome": "detected"}}
      """)
    let lines = Lines()
    let result = try ScenarioRun(ScenarioFile(path: path), products: products, seed: nil).run(observers: [lines])
    #expect(result.failures.isEmpty, "\(result.text())")
    let pauses = zip(lines.ends.dropFirst(), lines.ends).map { $0 - $1 }
    let typed = try #require(lines.typed)
    #expect(try #require(lines.ends.last) - typed > 3_000_000_000, "the look takes too short to tell anything")
    // A slice takes a tenth of a second on this machine; the whole look would take ten.
    for pause in pauses { #expect(pause < 1_300_000_000, "\(pauses)") }
  }
}

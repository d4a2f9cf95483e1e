import Foundation
import Testing

@testable import EBPFEngine

/// Programs drawn by the dozen, each held to what the verifier promises. `Scripts/fuzz soundness` draws millions.
@Suite struct SoundnessTests {
  /// `SOUNDNESS_PROGRAMS` asks for more programs, `SOUNDNESS_SEED` for others.
  static func setting(_ name: String, _ standard: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? standard
  }

  #if DEBUG
    static let standardCount = 2_000
  #else
    static let standardCount = 50_000
  #endif

  @Test func acceptedProgramsKeepWhatTheVerifierPromises() throws {
    let count = Self.setting("SOUNDNESS_PROGRAMS", Self.standardCount)
    var campaign = try SoundnessCampaign(Soundness(), seed: UInt64(Self.setting("SOUNDNESS_SEED", 20_260_101)))
    campaign.run(until: count) { [.none, .precise, .none, .exact][$0 & 3] }
    for finding in campaign.findings { Issue.record(Comment(rawValue: finding)) }
    #expect(campaign.refused < 8 * campaign.accepted)
    print(
      "soundness: \(campaign.accepted) accepted programs, the claims of \(campaign.claimed) checked,",
      "\(campaign.refused) refused, seed \(campaign.seed)")
  }
}

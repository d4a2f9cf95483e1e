// Draws programs until so many were accepted by the verifier, and holds each to what it promises (`Soundness`).
// Scripts/fuzz builds it together with the sources of the tests that draw and run programs.
//
//   soundness COUNT SEED
import Glibc

let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
guard numbers.count == 2, let count = Int(exactly: numbers[0]) else {
  print("usage: soundness COUNT SEED")
  exit(2)
}
var campaign = try SoundnessCampaign(Soundness(), seed: numbers[1])
var next = 0
repeat {
  next = min(next + 10_000, count)
  campaign.run(until: next) { $0 & 1 == 0 ? .precise : .exact }
  print(
    "soundness: \(campaign.accepted) accepted programs, the claims of \(campaign.claimed) checked;",
    "\(campaign.refused) refused; \(campaign.findings.count) findings; seed \(campaign.seed)")
  fflush(nil)
} while next < count && campaign.findings.isEmpty
for finding in campaign.findings { print("violation: \(finding)") }
exit(campaign.findings.isEmpty ? 0 : 1)

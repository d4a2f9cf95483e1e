import Foundation
import Testing

@testable import Scenarios

/// What protects the unikernel must not depend on the way it was started.
@Suite(.enabled(if: imagesAreBuilt)) struct BootProtectionTests {
  /// Every shipped scenario of our own guest, entered by the protocol that it doesn't ask for.
  @Test(arguments: shipped)
  func aShippedScenarioPassesByTheOtherBootProtocolToo(name: String) throws {
    var file = try ScenarioFile(path: packageRoot.appending(path: "scenarios/\(name)").path)
    let isPVH = file.scenario.machine.bootProtocol == .pvh
    file.scenario.machine.bootProtocol = isPVH ? .linux64 : .pvh
    let result = try ScenarioRun(file, products: products, seed: nil).run()
    #expect(result.passed, "\(result.text())")
  }

  /// An image that leaves CR0.WP as the loader left it: off, by the protocol of Linux. Keys forbid no write then.
  @Test(arguments: [("uio-mpk", true), ("none", false)])
  func aDesignWithKeysDoesNotStartWithoutWriteProtection(design: String, mustPanic: Bool) throws {
    let path = products.images.appending(path: "uio-ushellmpk.elf").path
    var image = [UInt8](try #require(FileManager.default.contents(atPath: path)))
    // movq %cr0, %rax; orl $0x10000, %eax: the bit is taken out.
    let code: [UInt8] = [0x0f, 0x20, 0xc0, 0x0d, 0x00, 0x00, 0x01, 0x00]
    let places = image.indices.dropLast(code.count).filter { Array(image[$0..<$0 + code.count]) == code }
    try #require(places.count == 1)
    image[places[0] + 6] = 0
    let folder = try TemporaryFolder()
    try Data(image).write(to: folder.url.appending(path: "unprotected.elf"))
    let file = try folder.write(
      "scenario.json",
      """
      {"guest": {"image": "unprotected.elf", "design": "\(design)"},
       "machine": {"bootProtocol": "linux64"}, "share": {}, "script": [{"wait": "50ms"}]}
      """)
    let result = try ScenarioRun(ScenarioFile(path: file), products: products, seed: nil).run()
    let serial = result.console.map(\.text).joined(separator: "\n")
    #expect(
      serial.contains("panic: CR0.WP is not set: keys would not forbid writes in thread count") == mustPanic,
      "\(result.text())")
    #expect((result.outcome == .crashed) == mustPanic)
  }
}

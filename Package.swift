// swift-tools-version: 6.1
// One package, two worlds: the host tools, and (with UIO_GUEST=1 in the environment) the guest unikernel, which
// Embedded Swift builds for x86_64-unknown-none-elf from the same shared modules that the host tests.
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6)]

/// Modules that both worlds compile: no Foundation, no floating point, no Dictionary or Set.
let shared: [Target] = [
  .target(name: "PKRUModel", swiftSettings: strict),
  .target(name: "VirtioCore", swiftSettings: strict),
  .target(name: "NineP", swiftSettings: strict),
  .target(name: "ObjectLoader", swiftSettings: strict),
  .target(name: "EBPFEngine", swiftSettings: strict),
]

let host: [Target] = [
  .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
  .target(name: "SimEvents", dependencies: ["CXXHash"], swiftSettings: strict),
  .target(name: "SimMemory", dependencies: ["PKRUModel", "CXXHash"], swiftSettings: strict),
  .target(name: "SimVirtio", dependencies: ["VirtioCore", "NineP", "SimMemory", "SimEvents"], swiftSettings: strict),
  .target(name: "GuestOS", path: "Sources/GuestOS/Image", swiftSettings: strict),
]

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let hostTests: [Target] = [
  tests("PKRUModelTests", ["PKRUModel"]),
  tests("SimEventsTests", ["SimEvents"]),
  tests("SimMemoryTests", ["SimMemory", "PKRUModel"]),
  tests("VirtioCoreTests", ["VirtioCore"]),
  tests("NinePTests", ["NineP"]),
  tests("SimVirtioTests", ["SimVirtio", "VirtioCore", "NineP", "SimMemory", "SimEvents"]),
  tests("ObjectLoaderTests", ["ObjectLoader"]),
  tests("EBPFEngineTests", ["EBPFEngine"]),
  tests("GuestOSTests", ["GuestOS"]),
]

let package = Package(
  name: "uio-sim",
  targets: shared + host + hostTests
)

import SimCPU

/// What programs may use: what the simulated processor announces and the host has as well.
struct NativeFeatures: OptionSet, Sendable {
  let rawValue: UInt32

  static let sse3 = Self(rawValue: 1 << 0)
  static let ssse3 = Self(rawValue: 1 << 1)
  static let sse41 = Self(rawValue: 1 << 2)
  static let sse42 = Self(rawValue: 1 << 3)
  static let movbe = Self(rawValue: 1 << 4)
  static let popcnt = Self(rawValue: 1 << 5)
  static let cx16 = Self(rawValue: 1 << 6)
  static let xsave = Self(rawValue: 1 << 7)
  static let fsgsbase = Self(rawValue: 1 << 8)
  static let bmi1 = Self(rawValue: 1 << 9)
  static let bmi2 = Self(rawValue: 1 << 10)
  static let adx = Self(rawValue: 1 << 11)
  static let keys = Self(rawValue: 1 << 12)
  static let lzcnt = Self(rawValue: 1 << 13)
  static let lahf = Self(rawValue: 1 << 14)
  static let clwb = Self(rawValue: 1 << 15)

  /// Leaf, register (0…3: EAX, EBX, ECX, EDX) and bit of each (SDM volume 2, CPUID).
  private static let bits: [(feature: Self, leaf: UInt32, register: Int, bit: UInt32)] = [
    (.sse3, 1, 2, 0), (.ssse3, 1, 2, 9), (.sse41, 1, 2, 19), (.sse42, 1, 2, 20), (.movbe, 1, 2, 22),
    (.popcnt, 1, 2, 23),
    (.cx16, 1, 2, 13), (.xsave, 1, 2, 26), (.fsgsbase, 7, 1, 0), (.bmi1, 7, 1, 3), (.bmi2, 7, 1, 8), (.adx, 7, 1, 19),
    (.keys, 7, 2, 3), (.lzcnt, 0x8000_0001, 2, 5), (.lahf, 0x8000_0001, 2, 0),
    (.clwb, 7, 1, 24),
  ]

  init(rawValue: UInt32) { self.rawValue = rawValue }

  /// - Parameter answer: EAX, EBX, ECX and EDX of a leaf.
  init(_ answer: (UInt32) -> [UInt32]) {
    self = Self.bits.filter { answer($0.leaf)[$0.register] >> $0.bit & 1 != 0 }.reduce([]) { $0.union($1.feature) }
  }

  init(of model: CPUIDModel) {
    self.init { number in
      let leaf = model.leaf(number, 0, cr4: 0)
      return [leaf.eax, leaf.ebx, leaf.ecx, leaf.edx]
    }
  }

  static var host: Self {
    Self { number in
      let leaf = SiliconHost.leaf(number)
      return [leaf.eax, leaf.ebx, leaf.ecx, leaf.edx]
    }
  }
}

/// A kind of instructions, with how often it is drawn and what it needs.
struct NativeFamily: Sendable {
  var name: String
  var weight: Int
  var needs: NativeFeatures = []
  /// Adds an instruction with what it needs, and returns what it is.
  var make: @Sendable (inout NativeGenerator, inout NativeCode) -> String

  /// Groups of families, as options name them.
  enum Group: String, CaseIterable, Sendable {
    case integer, vector, x87, system
  }

  static func all(_ groups: Set<Group>, features: NativeFeatures) -> [NativeFamily] {
    let table: [(Group, [NativeFamily])] = [
      (.integer, integer), (.integer, flow), (.vector, vector), (.x87, x87), (.system, system),
    ]
    return table.filter { groups.contains($0.0) }.flatMap(\.1).filter { features.isSuperset(of: $0.needs) }
  }
}

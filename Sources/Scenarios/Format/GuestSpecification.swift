import GuestOS
import SimMachine

/// The guest: a variant that the build made or an ELF file, and how it is started.
public struct GuestSpecification: Equatable, Sendable {
  public typealias Variant = GuestVariant

  public enum Design: String, CaseIterable, Sendable {
    case none
    case uioMPK = "uio-mpk"
    case mpkHardened = "mpk-hardened"
    case ring3
    case ebpf
    case ebpfVerified = "ebpf-verified"
    case pksHardened = "pks-hardened"
    case mpkBundled = "mpk-bundled"
  }

  /// How the guest executes BPF programs.
  public enum BPFEngine: String, CaseIterable, Sendable {
    case interpreter
    /// Translated to machine code.
    case jit
  }

  public enum Source: Equatable, Sendable {
    case variant(Variant)
    /// An ELF file, relative to the scenario file.
    case image(String)
  }

  public var source = Source.variant(.ushellmpk)
  /// The isolation design; nil leaves the choice to the image.
  public var design: Design?
  /// How BPF programs are executed; nil leaves the choice to the image.
  public var bpf: BPFEngine?
  /// The application that runs beside the overlay; nil leaves the choice to the image.
  public var application: String?
  /// What the application `requests` serves; nil leaves it to the guest.
  public var requests: RequestsSpecification?
  /// Whether each call of a traced function, and each run of a program there, is a record of the guest's; nil leaves the
  /// choice to the image.
  public var callRecords: Bool?
  /// The greatest message of 9P that the guest proposes, in bytes; nil leaves the choice to the image.
  public var msize: UInt64?
  /// The interval of timer interrupts while the overlay runs; nil leaves the choice to the image.
  public var tick: VirtualDuration?
  /// Further words for the guest's command line.
  public var commandLine = ""
  /// A file that Linux takes as its initial RAM disk, relative to the scenario file; by other boot protocols the first
  /// module.
  public var initrd: String?
  /// Files that a guest of PVH or multiboot finds in memory.
  public var modules: [Module] = []

  /// A file that is put into memory beside the image.
  public struct Module: Equatable, Sendable {
    /// Relative to the scenario file.
    public var file: String
    public var commandLine: String

    static let table = KeyTable(name: "module", keys: ["file", "commandLine"], required: ["file"])
  }

  public init() {}

  static let table = KeyTable(
    name: "guest",
    keys: [
      "variant", "image", "design", "bpf", "application", "requests", "callRecords", "msize", "tick", "commandLine",
      "initrd", "modules",
    ])

  /// What the guest takes: below 100 us a slow machine does nothing but handle its timer, and its watchdog needs a timer interrupt every
  /// 55 ms.
  static let messageSizes: ClosedRange<UInt64> = 4096...262_144
  static let ticks = VirtualDuration(nanoseconds: 100_000)...VirtualDuration(nanoseconds: 20_000_000)

  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems) else { return nil }
    if let variant = reader.word("variant", Variant.self, noun: "variant") { source = .variant(variant) }
    if let image = reader.string("image") {
      if reader["variant"] != nil {
        reader.complain("image", "\"variant\" and \"image\" both name the guest", "keep one of them")
      }
      if checkPath(image, at: reader["image"] ?? node, path: reader.path("image"), problems: problems) {
        source = .image(image)
      }
    }
    design = reader.word("design", Design.self, noun: "isolation design")
    bpf = reader.word("bpf", BPFEngine.self, noun: "BPF engine")
    application = reader.string("application")
    if let application, application.isEmpty || !application.utf8.allSatisfy(isWordByte) {
      reader.complain("application", "is no application name", "use letters, digits, - and _")
    }
    if let requests = reader["requests"] {
      self.requests = RequestsSpecification(requests, path: reader.path("requests"), problems: problems)
    }
    callRecords = reader.boolean("callRecords")
    msize = reader.integer("msize", in: Self.messageSizes, unit: "bytes")
    tick = Self.tick(reader)
    commandLine = readCommandLine(reader, bytesMax: 1024)
    if let initrd = reader.string("initrd"),
      checkPath(initrd, at: reader["initrd"] ?? node, path: reader.path("initrd"), problems: problems)
    {
      self.initrd = initrd
    }
    modules = reader.elements("modules").compactMap { Module($0.node, path: $0.path, problems: problems) }
    if modules.count + (initrd == nil ? 0 : 1) > BootModule.countMax {
      reader.complain("modules", "are more than \(BootModule.countMax)", "leave some out")
    }
  }

  private static func tick(_ reader: ObjectReader) -> VirtualDuration? {
    guard let tick = reader.duration("tick") else { return nil }
    if ticks.contains(tick), tick.nanoseconds % 1000 == 0 { return tick }
    reader.complain(
      "tick", "\(tick) is out of range", "give \(ticks.lowerBound) to \(ticks.upperBound), in whole microseconds")
    return nil
  }

  /// Whether the guest has the overlay and so a prompt to type at.
  public var hasShell: Bool { source != .variant(.noshell) }
}

extension GuestSpecification.Module {
  init?(_ node: JSONNode, path: String, problems: ProblemList) {
    guard let reader = ObjectReader(node, path: path, table: Self.table, problems: problems),
      let file = reader.string("file"),
      checkPath(file, at: reader["file"] ?? node, path: reader.path("file"), problems: problems)
    else { return nil }
    self.file = file
    commandLine = readCommandLine(reader, bytesMax: BootModule.commandLineMax)
  }
}

/// Text for a kernel's command line.
private func readCommandLine(_ reader: ObjectReader, bytesMax: Int) -> String {
  let text = reader.string("commandLine") ?? ""
  if !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) || text.utf8.count > bytesMax {
    reader.complain("commandLine", "is no command line", "use at most \(bytesMax) printable ASCII characters")
  }
  return text
}

extension GuestVariant {
  /// The applications that an image holds (Sources/GuestOS/Applications).
  var applications: [String] { ["count", "requests"] }

  /// The designs that an image knows; others make it panic.
  var designs: [GuestSpecification.Design] {
    switch self {
    case .ushellmpkBPF: [.none, .uioMPK, .ebpf, .ebpfVerified]
    case .ushellmpkHardened: [.mpkHardened, .mpkBundled]
    case .ushellRing3: [.ring3]
    case .ushellpksHardened: [.pksHardened]
    case .noshell, .ushell, .ushellmpk: [.none, .uioMPK]
    }
  }
}

private func isWordByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
  default: false
  }
}

/// Notes a problem unless `text` is a path that means the same wherever the scenario's folder stands.
func checkPath(_ text: String, at node: JSONNode, path: String, problems: ProblemList) -> Bool {
  if text.isEmpty || text.utf8.contains(0) {
    problems.add(node, path, "is no path", "write a path relative to the scenario file")
    return false
  }
  if text.hasPrefix("/") || text.hasPrefix("~") {
    problems.add(
      node, path, "\"\(text)\" is an absolute path, which means another file elsewhere",
      "write it relative to the scenario file")
    return false
  }
  return true
}

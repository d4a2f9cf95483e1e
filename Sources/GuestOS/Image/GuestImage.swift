import ELFFiles

/// A guest's executable, ELF64 for x86-64 or ELF32 for i386, as the host sees it (ELF gABI, chapters 4 and 5): what to
/// load, where to enter, and the names of its addresses.
///
/// ```swift
/// let image = try GuestImage(bytes)
/// image.symbol(at: 0x10a3f8)      // count, +0
/// ```
///
/// No field is believed before it is checked; an ``ImageError`` names the one that lies and where it is.
public struct GuestImage: Sendable {
  /// A part to load.
  public struct Segment: Sendable {
    public var physicalAddress: UInt64
    public var virtualAddress: UInt64
    /// What the file holds; the rest up to `memorySize` is zero.
    public var bytes: ArraySlice<UInt8>
    public var memorySize: UInt64
  }

  public struct Symbol: Equatable, Sendable {
    public var name: String
    public var address: UInt64
    /// 0 when the file does not say.
    public var size: UInt64
  }

  static let sizeMax = 256 << 20
  static let programHeaderMax = 64
  static let symbolMax = 1 << 20
  /// Longer names are cut off: they are shown, not resolved.
  static let nameBytesMax = 1024

  public let bytes: [UInt8]
  /// Of the file's class.
  let fileClass: ELFClass
  /// An ELF32 file: its entry is 32-bit code.
  public var is32Bit: Bool { fileClass == .elf32 }
  public private(set) var entry: UInt64
  /// The 32-bit entry of the PVH protocol, from the Xen note of type 18.
  public internal(set) var pvhEntry: UInt64?
  /// The flags of the multiboot header, if the file has one (Multiboot Specification 0.6.96, 3.1.1).
  public private(set) var multibootFlags: UInt32?
  public internal(set) var segments: [Segment] = []
  /// The image's gates; nil for an image that says nothing of any.
  public private(set) var gateTable: GateTable?
  /// Sorted by address; local and global functions and objects.
  public internal(set) var symbols: [Symbol] = []

  public init(_ bytes: [UInt8]) throws(ImageError) {
    self.bytes = bytes
    var reader = ImageReader(bytes: bytes)
    guard bytes.count <= Self.sizeMax else {
      throw ImageError(problem: "the file has \(bytes.count) bytes; an image has at most \(Self.sizeMax)", offset: 0)
    }
    guard bytes.starts(with: FileHeader.magic) else {
      throw ImageError(problem: "the file is no ELF file: its first bytes are not 7f 45 4c 46", offset: 0)
    }
    switch try reader.number(FileHeader.Places.fileClass, "e_ident", as: UInt8.self) {
    case ELFClass.elf32.rawValue: fileClass = .elf32
    case ELFClass.elf64.rawValue: fileClass = .elf64
    default: throw ImageError(problem: "the file is neither a 32-bit nor a 64-bit ELF file (EI_CLASS)", offset: 4)
    }
    reader.fileClass = fileClass
    entry = 0
    let expectations: [(offset: Int, value: UInt8, what: String)] = [
      (5, 1, "the file is not little-endian (EI_DATA)"),
      (6, 1, "the file has an unknown ELF version (EI_VERSION)"),
    ]
    for field in expectations where try reader.number(field.offset, "e_ident", as: UInt8.self) != field.value {
      throw ImageError(problem: field.what, offset: field.offset)
    }
    guard try reader.number(16, "e_type", as: UInt16.self) == FileHeader.executable else {
      throw ImageError(problem: "the file is not an executable (e_type is not ET_EXEC)", offset: 16)
    }
    let machine = is32Bit ? FileHeader.i386 : FileHeader.amd64
    guard try reader.number(18, "e_machine", as: UInt16.self) == machine else {
      throw ImageError(
        problem: "the file is not for \(is32Bit ? "i386" : "x86-64") (e_machine is not \(machine))", offset: 18)
    }
    guard try reader.number(20, "e_version", as: UInt32.self) == 1 else {
      throw ImageError(problem: "the file has an unknown ELF version (e_version)", offset: 20)
    }
    entry = try reader.word(FileHeader.Places.entry, "e_entry")
    multibootFlags = try reader.multibootFlags()
    try readProgramHeaders(reader)
    guard !segments.isEmpty else {
      throw ImageError(
        problem: "the file has nothing to load (no PT_LOAD)", offset: fileClass.header.programHeaders)
    }
    guard isLoaded(entry) else {
      throw ImageError(
        problem: "e_entry 0x\(String(entry, radix: 16)) lies in no segment", offset: FileHeader.Places.entry)
    }
    try readSymbols(reader)
    gateTable = section(named: ".uio_gates").flatMap { GateTable($0) }
  }
}

extension GuestImage {
  public func symbol(named name: String) -> Symbol? { symbols.first { $0.name == name } }

  /// The symbol that `address` belongs to, and how far into it the address lies.
  public func symbol(at address: UInt64) -> (symbol: Symbol, offset: UInt64)? {
    var low = 0
    var high = symbols.count
    while low < high {
      let middle = (low + high) / 2
      if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let symbol = symbols[low - 1]
    let offset = address - symbol.address
    // A symbol without a size reaches up to the next one, but not out of the image.
    let isWithin = symbol.size == 0 ? offset == 0 || isLoaded(address) : offset < symbol.size
    return isWithin ? (symbol, offset) : nil
  }
}

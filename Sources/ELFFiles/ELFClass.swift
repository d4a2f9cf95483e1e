/// The two classes of ELF files (gABI, chapter 4), which differ in the size of addresses, offsets and sizes. Where the fields of a structure
/// stand follows from it.
public enum ELFClass: UInt8, Sendable {
  case elf32 = 1
  case elf64 = 2

  /// Bytes of an address, an offset or a size.
  public var wordSize: Int { self == .elf64 ? 8 : 4 }

  /// An address, an offset or a size at some place.
  public func word(_ file: ByteReader, _ place: Int) -> UInt64? {
    self == .elf64 ? file.u64(place) : file.u32(place).map { UInt64($0) }
  }
}

/// The beginning of a file and the ELF header ("ELF Header").
public enum FileHeader {
  /// EI_MAG0 to EI_MAG3.
  public static var magic: [UInt8] { [0x7f, 0x45, 0x4c, 0x46] }

  /// Where the fields are, in bytes from the start of the file.
  public struct Places: Sendable {
    public static var fileClass: Int { 4 }
    public static var byteOrder: Int { 5 }
    public static var identVersion: Int { 6 }
    public static var abi: Int { 7 }
    public static var abiVersion: Int { 8 }
    public static var type: Int { 16 }
    public static var machine: Int { 18 }
    public static var version: Int { 20 }
    public static var entry: Int { 24 }

    let wordSize: Int

    public var programHeaders: Int { Self.entry + wordSize }
    public var sections: Int { programHeaders + wordSize }
    public var flags: Int { sections + wordSize }
    public var headerSize: Int { flags + 4 }
    public var programHeaderSize: Int { headerSize + 2 }
    public var programHeaderCount: Int { headerSize + 4 }
    public var sectionSize: Int { headerSize + 6 }
    public var sectionCount: Int { headerSize + 8 }
    public var sectionNames: Int { headerSize + 10 }
    /// Of the whole header.
    public var end: Int { headerSize + 12 }
  }

  /// e_type: a relocatable object, an executable.
  public static var relocatable: UInt16 { 1 }
  public static var executable: UInt16 { 2 }
  /// e_machine.
  public static var i386: UInt16 { 3 }
  public static var amd64: UInt16 { 62 }
  public static var bpf: UInt16 { 247 }
}

extension ELFClass {
  public var header: FileHeader.Places { FileHeader.Places(wordSize: wordSize) }
}

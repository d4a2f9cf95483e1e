/// An entry of the program header table (gABI, chapter 5, "Program Header").
public struct ProgramHeader: Sendable {
  /// In bytes.
  public static func size(_ fileClass: ELFClass) -> Int { Places(wordSize: fileClass.wordSize).size }

  /// p_type: PT_LOAD and PT_NOTE.
  public static var load: UInt32 { 1 }
  public static var note: UInt32 { 4 }

  /// Where the fields are, in bytes from the start of the entry.
  public struct Places: Sendable {
    let wordSize: Int

    /// Behind p_type and, in 64-bit files, p_flags.
    public var offset: Int { wordSize }
    public var virtualAddress: Int { 2 * wordSize }
    public var physicalAddress: Int { 3 * wordSize }
    public var fileSize: Int { 4 * wordSize }
    public var memorySize: Int { 5 * wordSize }
    /// p_align and, in 32-bit files, p_flags come last.
    var size: Int { wordSize == 8 ? 56 : 32 }
  }

  public let type: UInt32
  public let offset: UInt64
  public let virtualAddress: UInt64
  public let physicalAddress: UInt64
  public let fileSize: UInt64
  public let memorySize: UInt64

  /// - Returns: nil if the file ends before the entry does.
  public init?(_ file: ByteReader, at place: Int, _ fileClass: ELFClass) {
    let places = fileClass.program
    guard let type = file.u32(place), let offset = fileClass.word(file, place + places.offset),
      let virtualAddress = fileClass.word(file, place + places.virtualAddress),
      let physicalAddress = fileClass.word(file, place + places.physicalAddress),
      let fileSize = fileClass.word(file, place + places.fileSize),
      let memorySize = fileClass.word(file, place + places.memorySize)
    else { return nil }
    (self.type, self.offset, self.fileSize, self.memorySize) = (type, offset, fileSize, memorySize)
    (self.virtualAddress, self.physicalAddress) = (virtualAddress, physicalAddress)
  }
}

extension ELFClass {
  public var program: ProgramHeader.Places { ProgramHeader.Places(wordSize: wordSize) }
}

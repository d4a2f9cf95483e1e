import Foundation
import GuestOS

/// The line of source that an instruction comes from (DWARF 5, section 6.2).
public enum SourceLine: Equatable, Sendable, CustomStringConvertible {
  /// `file:line`.
  case known(String)
  /// There is no line table: neither in the image or object nor beside it.
  case noTable
  /// The table does not have the address.
  case unknown

  /// - Parameter address: in the image.
  public init(of address: UInt64, in image: GuestImage, _ files: DebugFiles = DebugFiles()) {
    self.init(ModuleLines(of: image, files), at: address)
  }

  /// - Parameter offset: from where the program was loaded.
  public init(of offset: UInt64, inProgram name: String, _ files: DebugFiles) {
    self.init(files.programs?.lines(ofProgram: name), at: offset)
  }

  /// - Parameter name: what the run calls the address: for that of a program, PROGRAM+0xOFFSET.
  /// - Returns: nil for an address that neither the image has nor a program.
  public init?(of address: UInt64, called name: String?, in image: GuestImage, _ files: DebugFiles) {
    if image.isLoaded(address) {
      self.init(of: address, in: image, files)
    } else if let plus = name?.range(of: "+0x", options: .backwards), let name,
      let offset = UInt64(name[plus.upperBound...], radix: 16)
    {
      self.init(of: offset, inProgram: String(name[..<plus.lowerBound]), files)
    } else {
      return nil
    }
  }

  private init(_ lines: ModuleLines?, at offset: UInt64) {
    guard let lines else {
      self = .noTable
      return
    }
    self = lines.text(at: offset).map(Self.known) ?? .unknown
  }

  public var description: String {
    switch self {
    case .known(let place): place
    case .noTable: "no line table"
    case .unknown: "line unknown"
    }
  }

  /// `file:line`, if that is known.
  public var place: String? {
    if case .known(let place) = self { place } else { nil }
  }
}

extension SourceLine {
  /// The lines of source of many addresses of an image.
  ///
  /// - Returns: `file:line` by the address, of those that are known.
  public static func places(of addresses: some Sequence<UInt64>, in image: GuestImage, _ files: DebugFiles)
    -> [UInt64: String]
  {
    guard let lines = ModuleLines(of: image, files) else { return [:] }
    var places: [UInt64: String] = [:]
    for address in addresses where image.isLoaded(address) { places[address] = lines.text(at: address) }
    return places
  }
}

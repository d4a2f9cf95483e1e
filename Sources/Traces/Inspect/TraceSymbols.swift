import GuestOS
import LineTables
import SimEvents
import TerminalText

/// The names of a trace's addresses: the image's symbols, and the programs that the guest says it has loaded.
public struct TraceSymbols: Sendable {
  /// Nil if the trace is thin and its image not at hand.
  public let image: GuestImage?
  /// Where line tables may be.
  public var debugFiles = DebugFiles()
  private var programs: [LoadedProgram] = []

  /// More are not named: a run loads few.
  private static let programMax = 256

  /// Reads all events.
  ///
  /// - Parameter images: where the image of a thin trace may be.
  public init(_ trace: TraceReader, images: ImageStore) throws(TraceError) {
    var image: GuestImage?
    for (index, file) in trace.header.files.enumerated() where file.role == .image {
      let bytes = try trace.content(ofFile: index) ?? images.image(file)
      image = bytes.flatMap { try? GuestImage($0) }
    }
    try self.init(trace, image: image)
  }

  /// Reads all events.
  ///
  /// - Parameter image: the one whose symbols count.
  public init(_ trace: TraceReader, image: GuestImage?) throws(TraceError) {
    self.image = image
    var events = try trace.events()
    while true {
      let number = events.number
      guard let event = try events.next() else { return }
      _ = note(event, number)
    }
  }

  /// The symbols of an image, and of programs as ``note(_:_:)`` tells of them.
  init(image: GuestImage) {
    self.image = image
  }

  /// Takes in an event of a run, with its number. An extension's records name nothing.
  ///
  /// - Returns: whether it changes which names there are.
  mutating func note(_ event: Event, _ number: UInt64) -> Bool {
    guard !event.actor.isExtension else { return false }
    switch event.payload.guestRecord {
    case .loaded(let name, let base, let size):
      guard programs.count < Self.programMax else { return false }
      programs.append(LoadedProgram(name: name, base: base, size: size, first: number))
    case .freed(let name):
      guard let index = programs.lastIndex(where: { $0.name == name }) else { return false }
      programs[index].last = number
    default: return false
    }
    return true
  }

  /// All names that there are, in the order of the image, then of loading.
  var names: [String] { (image?.symbols.map(\.name) ?? []) + programs.map(\.name) }

  /// The symbol or program that an address belonged to when the event with this number happened.
  public func place(of address: UInt64, at number: UInt64) -> (name: String, offset: UInt64)? {
    if let found = image?.symbol(at: address) { return (found.symbol.name, found.offset) }
    let program = programs.last { address &- $0.base < $0.size && number >= $0.first && number <= $0.last }
    return program.map { ($0.name, address &- $0.base) }
  }

  /// The same as text, readable: `set_count+0x9`, `CountApplication.run+0x1ab`, `hello.o+0xb`.
  public func name(of address: UInt64, at number: UInt64) -> String? {
    place(of: address, at: number).map { Self.text(readableName($0.name), $0.offset) }
  }

  /// The same for the address that a function returns to: it belongs to the call before it, also where the function ends
  /// with that call.
  func name(ofReturn address: UInt64, at number: UInt64) -> String? {
    place(of: address &- 1, at: number).map { Self.text(readableName($0.name), $0.offset &+ 1) }
  }

  private static func text(_ name: String, _ offset: UInt64) -> String {
    name.terminalLine + (offset == 0 ? "" : "+0x\(String(offset, radix: 16))")
  }

  /// The event's line for people, with its number and the names of its addresses.
  public func text(_ numbered: NumberedEvent) -> String {
    let names = numbered.event.payload.places.compactMap { name(of: $0.address, at: numbered.number) }
    return "\(numbered.number): \(numbered.event.text)" + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
  }
}

/// A program while it is in the guest's memory.
private struct LoadedProgram: Sendable {
  var name: String
  var base: UInt64
  var size: UInt64
  /// The numbers of the events that say so.
  var first: UInt64
  var last = UInt64.max
}

extension TraceSymbols {
  /// The line of source of an address when the event with this number happened; nil for what has no name.
  func sourceLine(of address: UInt64, at number: UInt64) -> SourceLine? {
    guard let image, let place = place(of: address, at: number) else { return nil }
    guard image.symbol(at: address) == nil else { return SourceLine(of: address, in: image, debugFiles) }
    return SourceLine(of: place.offset, inProgram: place.name, debugFiles)
  }

  /// The name of an address and its line of source: `set_count+0x9, count.c:12`.
  func nameAndLine(of address: UInt64, at number: UInt64) -> String? {
    guard let name = name(of: address, at: number) else { return nil }
    return name + (sourceLine(of: address, at: number)?.place.map { ", \($0)" } ?? "")
  }
}

import Foundation
import GuestOS
import Hexadecimal
import Processes

extension SourceLine {
  /// The lines of source of many addresses of an image, by few calls of the tool.
  ///
  /// - Returns: `file:line` by the address, of those that are known.
  public static func places(of addresses: some Sequence<UInt64>, in image: GuestImage, _ files: DebugFiles)
    -> [UInt64: String]
  {
    let addresses = Array(Set(addresses.filter { image.isLoaded($0) })).sorted()
    guard !addresses.isEmpty, !image.hasSection(named: ".debug_line"), let file = files.file(for: image) else {
      return Dictionary(
        uniqueKeysWithValues: addresses.compactMap { address in
          SourceLine(of: address, in: image, files).place.map { (address, $0) }
        })
    }
    var places: [UInt64: String] = [:]
    for start in stride(from: 0, to: addresses.count, by: 1000) {
      let some = addresses[start..<min(start + 1000, addresses.count)]
      for (address, place) in zip(some, ask(Array(some), file)) { places[address] = place }
    }
    return places
  }

  /// - Returns: an answer for each address; none at all if no tool gives as many.
  private static func ask(_ addresses: [UInt64], _ file: URL) -> [String?] {
    let words = addresses.map(\.hexadecimal)
    let tools: [(name: String, arguments: [String])] = [
      ("llvm-symbolizer", ["--obj=\(file.path)", "--functions=none", "--basenames", "--no-inlines"]),
      ("addr2line", ["--exe=\(file.path)", "--basenames"]),
    ]
    for tool in tools {
      guard let program = InstalledProgram.url(named: tool.name),
        let data = try? ChildProcess.run(program, tool.arguments + words).output
      else { continue }
      let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
      if lines.count == addresses.count { return lines.map { place(in: String($0)) } }
    }
    return []
  }
}

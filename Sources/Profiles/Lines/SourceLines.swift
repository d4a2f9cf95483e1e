import GuestOS
import LineTables

/// The lines of source of a run's code, as far as there are line tables: of its image, and of the objects that were loaded.
///
/// Of calls that the compiler has put into their callers, the line is the inmost one.
public struct SourceLines: Sendable {
  /// By the profile's numbers of modules.
  private(set) var modules: [Int: ModuleLines] = [:]

  /// - Parameter files: where the line tables of the image and of its programs are.
  public init(_ profile: TimeProfile, of image: GuestImage, _ files: DebugFiles) {
    modules[0] = ModuleLines(of: image, files)
    for (number, bytes) in profile.objects {
      guard case .program(let name) = profile.modules[number] else { continue }
      modules[number] = ModuleLines(files.programs?.debugFile(of: name, bytes) ?? DebugFile(bytes), loadedFrom: bytes)
    }
  }

  func line(of place: CodePlace) -> (name: SourceName, line: Int)? {
    modules[place.module]?.line(at: place.offset)
  }

  /// `file:line` of each place of a profile, where that is known.
  public func texts(_ profile: TimeProfile) -> [String?] {
    profile.places.map { place in line(of: place).map { "\($0.name.text):\($0.line)" } }
  }
}

import CXXHash
import Hexadecimal

extension ShareTree {
  /// XXH3-128 over names, kinds and contents, as 32 hex digits; says nothing of numbers, versions or order of creation.
  ///
  /// Each folder's entries follow one another by the bytes of their names: kind (1 folder, 2 file, 3 link), then name and
  /// content, each after its length as 8 little-endian bytes; a folder's content is its entries, closed by kind 0.
  public func digest() -> String {
    guard let state = XXH3_createState() else { return "" }
    defer { XXH3_freeState(state) }
    XXH3_128bits_reset(state)
    absorb(Self.root, into: state)
    let hash = XXH3_128bits_digest(state)
    return hash.high64.hexadecimalDigits(16) + hash.low64.hexadecimalDigits(16)
  }

  private func absorb(_ directory: UInt64, into state: OpaquePointer) {
    let entries = (try? entries(of: directory)) ?? []
    for entry in entries.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
      guard let node = self[entry.node] else { continue }
      switch node.content {
      case .directory:
        Self.absorb(1, entry.name, into: state)
        absorb(entry.node, into: state)
      case .file(let bytes):
        Self.absorb(2, entry.name, into: state)
        Self.absorb(bytes, into: state)
      case .symbolicLink(let target):
        Self.absorb(3, entry.name, into: state)
        Self.absorb(target, into: state)
      }
    }
    XXH3_128bits_update(state, [0] as [UInt8], 1)
  }

  private static func absorb(_ kind: UInt8, _ name: [UInt8], into state: OpaquePointer) {
    XXH3_128bits_update(state, [kind], 1)
    absorb(name, into: state)
  }

  private static func absorb(_ bytes: [UInt8], into state: OpaquePointer) {
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { _ = XXH3_128bits_update(state, $0.baseAddress, $0.count) }
    bytes.withUnsafeBytes { _ = XXH3_128bits_update(state, $0.baseAddress, $0.count) }
  }
}

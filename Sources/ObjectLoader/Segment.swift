/// The three parts of an image, each with its own rights on its own pages.
public enum SegmentKind: UInt8, CaseIterable, Sendable {
  /// Code and the PLT: read and execute.
  case text = 0
  /// Constants, tables of initializers and the GOT: read only, once the loader is done.
  case rodata = 1
  /// Variables, .bss and common symbols: read and write.
  case data = 2
}

/// How much memory a part of an image needs.
public struct Segment: Equatable, Sendable {
  public let kind: SegmentKind
  /// In bytes, a multiple of 4,096; 0 if the object has nothing of the kind.
  public let size: UInt64
  /// Of its first byte, at least 4,096.
  public let alignment: UInt64
  /// From the start of the image, if the segments are placed one behind the other (``LoadPlan/imageSize``).
  public let imageOffset: UInt64
}

/// Memory for one segment: where the loader writes, and where the extension will see it.
public struct SegmentMemory {
  public var bytes: UnsafeMutableRawBufferPointer
  /// The address at which the extension sees the first byte.
  public var address: UInt64

  public init(bytes: UnsafeMutableRawBufferPointer, address: UInt64) {
    self.bytes = bytes
    self.address = address
  }
}

/// Memory for an image: one piece for each segment, writable until the loader is done.
public struct ImageMemory {
  public var text: SegmentMemory
  public var rodata: SegmentMemory
  public var data: SegmentMemory

  public init(text: SegmentMemory, rodata: SegmentMemory, data: SegmentMemory) {
    self.text = text
    self.rodata = rodata
    self.data = data
  }

  /// Divides one piece of memory, which the extension sees at `address`, as the plan says. A piece that is too small
  /// gives segments that are too small, which ``LoadPlan/load(into:resolve:)`` refuses.
  public init(_ bytes: UnsafeMutableRawBufferPointer, at address: UInt64, for plan: LoadPlan) {
    func part(_ kind: SegmentKind) -> SegmentMemory {
      let segment = plan[kind]
      let start = min(Int(segment.imageOffset), bytes.count)
      let end = min(start + Int(segment.size), bytes.count)
      return SegmentMemory(
        bytes: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end]), address: address &+ segment.imageOffset)
    }
    self.init(text: part(.text), rodata: part(.rodata), data: part(.data))
  }

  subscript(_ kind: SegmentKind) -> SegmentMemory {
    switch kind {
    case .text: text
    case .rodata: rodata
    case .data: data
    }
  }
}

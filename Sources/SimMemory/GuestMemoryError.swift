/// Why guest memory or a snapshot of it could not be made.
public enum GuestMemoryError: Error, Equatable, CustomStringConvertible {
  /// RAM must be a multiple of 4 KiB, at least one page, and end below the devices at 3 GiB.
  case invalidSize(UInt64)
  /// The host refused the memory; `errno` says why.
  case hostRefused(bytes: UInt64, errno: Int32)
  /// A page that the snapshot names does not exist in memory of its size, or has not 4096 bytes.
  case invalidPage(index: UInt64, bytes: Int)
  /// The snapshot was taken of memory of another size.
  case sizeMismatch(memory: UInt64, snapshot: UInt64)

  public var description: String {
    switch self {
    case .invalidSize(let size):
      "guest memory of \(size) bytes is impossible: choose a multiple of 4096 from 4096 to \(GuestMemory.largestSize)"
    case .hostRefused(let bytes, let errno):
      "the host refused \(bytes) bytes for guest memory (errno \(errno)): choose a smaller memory"
    case .invalidPage(let index, let bytes):
      "the snapshot's page \(index) of \(bytes) bytes is outside its memory or not 4096 bytes long"
    case .sizeMismatch(let memory, let snapshot):
      "a snapshot of \(snapshot) bytes cannot be restored into \(memory) bytes of memory"
    }
  }
}

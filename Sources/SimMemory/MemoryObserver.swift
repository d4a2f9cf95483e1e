/// Sees what is written to guest memory from outside the processor: by devices, by page walks, by whoever works at the machine.
public protocol MemoryObserver: AnyObject {
  /// `count` bytes from `address` are about to be written; all of them are RAM.
  func willWrite(_ address: UInt64, count: Int)
  /// They have been written.
  func didWrite(_ address: UInt64, count: Int)
}

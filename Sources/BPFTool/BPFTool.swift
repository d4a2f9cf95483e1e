/// What is behind the commands of `sim bpf`. Each gives back what to print, and none prints by itself.
///
/// A `file` is assembly (`.s`, `.asm`), an ELF object (told by its first bytes), or instructions of 8 bytes each; of an
/// object `program` chooses a section or a function.
public enum BPFTool {
  /// Instructions that a run may take unless it is told otherwise.
  public static let defaultBudget: UInt64 = 100_000_000
}

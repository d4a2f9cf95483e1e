/// Helpers that call functions of the program. The engine carries out the calls itself, so their numbers are the same in
/// every table: Linux's.
enum CallbackHelper {
  /// `bpf_loop(count, function, context, flags)`: calls `function(round, context)`.
  static let loop: Int32 = 181
  /// `bpf_for_each_map_elem(map, function, context, flags)`: calls `function(map, key, value, context)`.
  static let elements: Int32 = 164
  /// Most rounds of `bpf_loop` (Linux's BPF_MAX_LOOPS).
  static let maximumRounds: UInt64 = 1 << 23
}

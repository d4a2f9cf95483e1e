/// Calls of programs that do not come back (helper 12).
public enum TailCall {
  public static let number: Int32 = 12
  /// Programs that may take over from each other in one run (Linux's MAX_TAIL_CALL_CNT).
  public static let maximumCount = 33
  /// What the helper gives where there is no program, or too many have taken over (-ENOENT).
  public static let failed = UInt64(bitPattern: -2)
}

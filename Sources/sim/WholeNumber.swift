import ArgumentParser

/// Reads the number of an event or an instruction, a count, a seed. An option with it takes whatever word comes next, so that
/// a negative number is told to be one.
func wholeNumber(_ text: String) throws -> UInt64 {
  guard let number = UInt64(text), text.first != "+" else {
    throw ValidationError("write a whole number from 0 to \(UInt64.max)")
  }
  return number
}

import Hexadecimal

/// `text` with its control characters written out, `\x1b` for ESC, so that a guest can't operate the terminal of whoever
/// looks at what it printed. Tabs and the ends of lines stay.
public func terminalText(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var shown = ""
  for scalar in text.unicodeScalars {
    guard isControl(scalar) else {
      shown.unicodeScalars.append(scalar)
      continue
    }
    shown += "\\x\(scalar.value.hexadecimalDigits(2))"
  }
  return shown
}

/// C0 but for tab and newline, DEL, and C1, of which some terminals take U+009B for ESC [.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x09, 0x0a: false
  case 0..<0x20, 0x7f..<0xa0: true
  default: false
  }
}

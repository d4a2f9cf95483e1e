// Names of files, what a guest prints, symbols of an image: whatever comes from outside goes through here before a person
// sees it, so that it can't operate the terminal that shows it.

extension String {
  /// For a text of several lines: characters that operate terminals are written out (`\u001b` for ESC), but for tabs and the
  /// ends of lines.
  public var terminalText: String { writingOut { $0 != "\t" && $0 != "\n" } }

  /// For what stands on one line among other words, such as the name of a file: all of them are written out.
  public var terminalLine: String { writingOut { _ in true } }

  private func writingOut(_ isIncluded: (Unicode.Scalar) -> Bool) -> String {
    func isWrittenOut(_ scalar: Unicode.Scalar) -> Bool { scalar.operatesTerminals && isIncluded(scalar) }
    guard unicodeScalars.contains(where: isWrittenOut) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if isWrittenOut(scalar) { text += scalar.writtenOut } else { text.unicodeScalars.append(scalar) }
    }
    return text
  }
}

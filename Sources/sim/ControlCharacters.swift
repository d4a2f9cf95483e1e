import Hexadecimal

extension String {
  /// The text as one line that does nothing to a terminal: control characters are spelt as in JSON (`\\u0000`).
  ///
  /// Names from files that a user was given may hold anything.
  var withControlsSpelt: String {
    var text = ""
    for scalar in unicodeScalars {
      guard scalar.properties.generalCategory == .control else {
        text.unicodeScalars.append(scalar)
        continue
      }
      text += "\\u" + scalar.value.hexadecimalDigits(4)
    }
    return text
  }
}

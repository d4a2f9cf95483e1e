import Hexadecimal
import ObjectInspection
import Scenarios

extension ObjectInspection {
  /// As a program reads it.
  var json: JSONText {
    .object(
      [
        ("codeBytes", .integer(codeSize)), ("constantsBytes", .integer(constantsSize)),
        ("dataBytes", .integer(dataSize)),
        ("undefinedNames", .array(undefinedNames.map { .string($0) })),
        (
          "privilegedInstructions",
          .array(
            hits.map { hit in
              .object(
                [("offset", .string(hit.offset.hexadecimal)), ("instruction", .string(hit.instruction))]
                  + (hit.place.map {
                    [("function", .string($0.function)), ("distance", .integer($0.distance))]
                  } ?? []))
            })
        ),
      ]
        + (looksAtBundles
          ? [("isInBundles", .boolean(bundleViolation == nil))]
            + (bundleViolation.map { [("bundleViolation", .string($0))] } ?? [])
          : []))
  }
}

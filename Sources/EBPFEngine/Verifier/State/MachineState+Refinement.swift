extension MachineState {
  /// Takes over what a comparison told of two numbers, for all their copies. What is learnt of one may be due to what is
  /// known of the other.
  mutating func refine(
    _ left: RegisterState, _ right: RegisterState, to newLeft: Scalar, _ newRight: Scalar, _ values: inout ValueGraph
  ) {
    replace(left, by: newLeft, learntFrom: right.value, &values)
    if left.id != right.id { replace(right, by: newRight, learntFrom: left.value, &values) }
  }

  private mutating func replace(
    _ old: RegisterState, by scalar: Scalar, learntFrom source: UInt32, _ values: inout ValueGraph
  ) {
    guard old.id != 0, old.scalar != scalar else { return }
    let new = values.addCopy(of: old.id, learntFrom: source)
    var halves: [(old: UInt32, new: UInt32)] = []
    update { register in
      guard register.isScalar else { return }
      if register.id == old.id {
        register.id = new
        register.scalar = scalar
      } else if register.lowHalfOf == old.id {
        register.lowHalfOf = new
        guard let learnt = register.scalar.intersection(scalar.truncated(toBits: 32)) else { return }
        guard learnt != register.scalar else { return }
        let id = register.id
        register.scalar = learnt
        if let half = halves.first(where: { $0.old == id }) {
          register.id = half.new
        } else {
          register.id = values.addCopy(of: id, learntFrom: new)
          halves.append((id, register.id))
        }
      }
    }
  }
}

/// Names an appointment, for ``Machine/cancel(_:)``.
public struct AppointmentID: Hashable, Sendable {
  let number: UInt64
}

/// A look at a run at a ``Moment``, which the run can't notice: no event, no virtual time, nothing moved.
struct Appointment {
  let id: AppointmentID
  var moment: Moment
  /// What the moment waits for has still to come by so many times.
  var remaining: UInt64
  /// The moment has come: the look is taken as soon as the machine stands between two instructions.
  var isDue = false
  /// Called when the moment has come; says where the next look is, or nil if this was the last one.
  let look: (Machine) -> Moment?
}

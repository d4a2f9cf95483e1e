import Hexadecimal
import SimEvents
import SimMachine

/// I6: an extension writes to no device. Its application's console is out of reach under every design; the trace port is none,
/// and the port that ends the machine is a matter of availability.
struct DevicesInvariant: Invariant {
  let promise: DesignPromise
  let rule = Rule.devices
  let kinds = EventKinds([.consoleOutput, .portAccess, .mmioAccess])

  init(_ promise: DesignPromise) { self.promise = promise }

  mutating func fold(_ event: Event) -> String? {
    guard event.actor.isExtension else { return nil }
    switch event.payload {
    case .consoleOutput(.serial, _): return "it writes on the application's console"
    case .portAccess(let port, _, let value, true) where promise.keepsDevices && Machine.hasDevice(at: port):
      return "it writes \(value.hexadecimal) to port \(port.hexadecimal)"
    case .mmioAccess(let address, _, let value, true) where promise.keepsDevices:
      return "it writes \(value.hexadecimal) to the device register \(address.hexadecimal)"
    default: return nil
    }
  }
}

import GuestBoot

@main
struct Unikernel {
  static func main() {
    Serial.initialize()
    let text: StaticString = "uIO\n"
    for i in 0..<text.utf8CodeUnitCount { Serial.write(text.utf8Start[i]) }
    port_write32(0xf4, 0)
  }
}

import GuestOS
import Testing

@Test(arguments: [
  ("$e9uio_guest16CountApplicationO3runs5NeverOyFZ", "CountApplication.run"),
  ("$e9uio_guest13OverlayMemoryO9pageCount33_5720C64DC3BDF7CCAAAE7770D794A667LLSivpZ", "OverlayMemory.pageCount"),
  ("$s4main3fooyyF", "foo"), ("set_count", "set_count"), ("", ""), ("$e", "$e"),
  // Not read: a generic specialization of the library's, a length beyond the end, no length at all, one name only.
  ("$eSa36_reserveCapacityAssumingUniqueBuffer8oldCountySi_tFs5UInt8V_Tg5", nil), ("$e9uio_guest99run", nil),
  ("$e99999999999999999999x", nil), ("$e9uio_guest", nil), ("$e0a3foo", nil), ("$e3fooé", nil),
])
func aSwiftNameIsShownAsItsPath(mangled: String, readable: String?) {
  #expect(readableName(mangled) == readable ?? mangled)
}

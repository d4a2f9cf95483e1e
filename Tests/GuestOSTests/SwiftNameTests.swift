import GuestOS
import Testing

@Test(arguments: [
  ("$e9uio_guest16CountApplicationO3runs5NeverOyFZ", "CountApplication.run"),
  ("$e9uio_guest13OverlayMemoryO9pageCount33_5720C64DC3BDF7CCAAAE7770D794A667LLSivpZ", "OverlayMemory.pageCount"),
  ("$s4main3fooyyF", "foo"), ("set_count", "set_count"), ("", ""), ("$e", "$e"),
  // The library's, specialized or not: functions, initializers, extensions, words of earlier identifiers, outlined code.
  (
    "$eSa36_reserveCapacityAssumingUniqueBuffer8oldCountySi_tFs5UInt8V_Tg5",
    "Array._reserveCapacityAssumingUniqueBuffer"
  ),
  ("$eSa9repeating5countSayxGx_SitcfCSb_Tt1g5", "Array.init(repeating:count:)"),
  ("$eSa034_makeUniqueAndReserveCapacityIfNotB0yyFs6UInt32V_Tg5Tm", "Array._makeUniqueAndReserveCapacityIfNotUnique"),
  ("$e15FunctionEntries0A5EntryO4near_4from2toSays5UInt8VGSgAH_s6UInt64VALtFZ", "FunctionEntry.near"),
  ("$es23_ContiguousArrayStorageCfDs5UInt8V_Tgq5", "_ContiguousArrayStorage.deinit"),
  ("$es17swift_allocObject8metadata12requiredSizeSpys04HeapC0VGSi_SitF", "swift_allocObject"),
  ("$eSlsSQ7ElementRpzrlE5split9separatorSayxGAB_tF", "Collection.split"),
  ("$e12ObjectLoader0A4FileVWOh", "outlined destroy of ObjectFile"),
  ("$es10ArraySliceVyAByxGSnySiGcigs5UInt8V_Tg5", "ArraySlice.subscript"),
  // Not read: a length beyond the end, words that are not there, no length at all, one name only.
  ("$e9uio_guest99run", nil), ("$e3abc0zz0x", nil), ("$eSa0", nil), ("$es", nil), ("$eSE", nil), ("$eS", nil),
  ("$es00", nil),
  ("$e99999999999999999999x", nil), ("$e9uio_guest", nil), ("$e0a3foo", nil), ("$e3fooé", nil),
])
func aSwiftNameIsShownAsItsPath(mangled: String, readable: String?) {
  #expect(readableName(mangled) == readable ?? mangled)
}

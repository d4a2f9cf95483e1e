/// A scenario whose run takes hours on the host, however fast it is.
///
/// Its guest serves requests without a pause: one that sleeps passes a day of virtual time in seconds.
let endlessRun = """
  {"guest": {"application": "requests"},
   "budget": {"time": "80000s", "instructions": 100000000000000},
   "script": [{"expect": "never said", "within": "79999s"}]}
  """

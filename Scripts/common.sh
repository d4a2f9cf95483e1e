# For the scripts of this project: what a build depends on, and whether it is up to date. Source it; it runs nothing.

build_inputs="Sources extensions attacks benchmarks Scripts Package.swift guest-toolset.json"

# True if nothing in $1 that a build depends on has changed since the last one that succeeded. Deletions count: they
# change the folder. Times of status changes are compared, as copying and unpacking can set the others at will.
is_current() {
  [ -e "$1/.build/sim.stamp" ] && [ -x "$1/.build/release/sim" ] && [ -d "$1/.build/images" ] || return 1
  [ -z "$(cd "$1" && find $build_inputs -cnewer .build/sim.stamp -print -quit 2>&1)" ]
}

# What the runner asks of SQLite's test program:
#   testfixture suite.tcl TESTDIR list        its test files: name, path, and whether it is in "veryquick"
#   testfixture suite.tcl TESTDIR run FILE    one file, as "veryquick" would run it
lassign $argv testdir what file
set argv {--maxerror=1000000}
set argv0 $testdir/veryquick.test
source $testdir/permutations.test
if {$what eq "list"} {
  array set all $::testspec(full)
  array set quick $::testspec(veryquick)
  foreach each $all(-files) { puts "[file tail $each] $each [expr {$each in $quick(-files)}]" }
  exit 0
}
run_tests veryquick -prefix "" -files [list $file]
finish_test

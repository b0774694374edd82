# What the runner asks of SQLite's test program:
#   testfixture suite.tcl TESTDIR list        its test files: name and path
#   testfixture suite.tcl TESTDIR run FILE    one file, as "veryquick" would run it
lassign $argv testdir what file
set argv {--maxerror=1000000}
set argv0 $testdir/veryquick.test
source $testdir/permutations.test
if {$what eq "list"} {
  array set spec $::testspec(full)
  foreach each $spec(-files) { puts "[file tail $each] $each" }
  exit 0
}
run_tests veryquick -prefix "" -files [list $file]
finish_test

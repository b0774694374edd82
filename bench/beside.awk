# bench/beside.awk PEERS LINES - what other programs took (run, program, workload, unit, value) as
# yardsticks of the same workload in the same run: lines for bench/table.awk.
BEGIN { FS = OFS = "\t" }
NR == FNR { key = $1 FS $3; peers[key] = peers[key] $2 FS $5 "\n"; next }
($1 FS $2) in peers {
  n = split(peers[$1 FS $2], each, "\n")
  for (i = 1; i < n; i++) {
    split(each[i], peer, FS)
    print $1, $2 ", beside " peer[1], $3, $4, peer[1], peer[2], "-", "-"
  }
}

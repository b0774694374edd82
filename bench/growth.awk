# bench/growth.awk -v rows=N LINES LINES_OF_TEN_TIMES - what ten times the rows cost, beside what they
# cost once: lines for bench/table.awk.
function goal_of(text) { return text FS (text !~ /^ratio/ || rows == 100000 ? "judged" : 100000) }
BEGIN {
  FS = OFS = "\t"
  goal["import"] = goal_of("ratio >= 0.9")
  goal["first sync, wall"] = goal_of("ratio <= 10.5")
  goal["first sync, peak memory of A"] = goal["first sync, peak memory of B"] = goal_of("<= 64")
  goal["first sync, peak memory of hub"] = goal_of("<= 48")
  goal["no-op, warm connection"] = goal_of("<= 0.5")
  goal["no-op, bytes up"] = goal["no-op, bytes down"] = goal_of("<= 400")
}
NR == FNR { once[$1 FS $2] = $4; next }
$2 in goal { print $1, $2 ", " 10 * rows " rows", $3, $4, rows " rows", once[$1 FS $2], goal[$2] }

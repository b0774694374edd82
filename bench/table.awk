# bench/table.awk - lines of jiyao-bench, each behind the number of its run, as one table.
#   run, workload, unit, value, yardstick or -, its value, goal or -, judged or the rows it is for
function sorted(text, into,   n, i, j, keep) {
  n = split(text, into, " ")
  for (i = 2; i <= n; i++) {
    keep = into[i] + 0
    for (j = i - 1; j > 0 && into[j] + 0 > keep; j--) into[j + 1] = into[j]
    into[j + 1] = keep
  }
  return n
}
function middle(text,   n, all) {
  n = sorted(text, all)
  return n % 2 ? all[(n + 1) / 2] : (all[n / 2] + all[n / 2 + 1]) / 2
}
function short(x) { return x >= 1000 ? sprintf("%.0f", x) : sprintf("%.3g", x) }
function spread(text,   n, all) {
  n = sorted(text, all)
  return all[1] == all[n] ? "" : " (" short(all[1]) "-" short(all[n]) ")"
}
# "ratio <= 0.9" against what was measured.
function verdict(w,   n, part, judged) {
  n = split(goal[w], part, " ")
  if (at[w] != "judged") return "not judged: for " at[w] " rows"
  judged = part[1] == "ratio" ? middle(ratios[w]) : middle(values[w])
  return (part[n - 1] == ">=" ? judged >= part[n] + 0 : judged <= part[n] + 0) ? "met" : "missed"
}
BEGIN { FS = "\t" }
!($2 in unit) { name[++count] = $2 }
{
  unit[$2] = $3; values[$2] = values[$2] " " $4; yard[$2] = $5; goal[$2] = $7; at[$2] = $8
  if ($5 != "-") {
    others[$2] = others[$2] " " $6
    ratios[$2] = ratios[$2] " " ($6 == 0 ? 0 : $4 / $6)
  }
}
END {
  print "| workload | ours, median (min-max) | yardstick in the same run | ratio | goal | |"
  print "|---|---|---|---|---|---|"
  for (i = 1; i <= count; i++) {
    w = name[i]; against = ratio = wanted = word = ""
    if (yard[w] != "-") {
      against = yard[w] " " short(middle(others[w])) spread(others[w])
      ratio = short(middle(ratios[w])) "x" spread(ratios[w])
    }
    if (goal[w] != "-") {
      n = split(goal[w], part, " ")
      wanted = part[n - 1] " " short(part[n] + 0) (part[1] == "ratio" ? "x" : "")
      word = verdict(w)
    }
    printf "| %s | %s%s%s | %s | %s | %s | %s |\n", w, short(middle(values[w])),
      unit[w] == "" ? "" : " " unit[w], spread(values[w]), against, ratio, wanted, word
  }
}

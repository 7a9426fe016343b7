# Draws what hoststub's paths of a request take, from the table that the lab writes: gnuplot -c tests/Lab/paths.gnuplot artifacts/log/lab/paths-MACHINE.tsv docs/paths.svg
# Of each path a line for each load: half of the bursts at its filled end, ninety-nine in a hundred at its open end.
table = ARG1
set terminal svg size 900,420 font "sans-serif,13" background "white"
set output ARG2
set datafile separator "\t"
paths = system("cut -f 1 ".table." | awk '!seen[$0]++' | paste -sd ' '")
loads = system("cut -f 2 ".table." | awk '!seen[$0]++' | paste -sd ' '")
row(path) = sum [i = 1:words(paths)] (word(paths, i) eq path ? i : 0)
load(name) = sum [i = 1:words(loads)] (word(loads, i) eq name ? i : 0)
height(path, name) = row(path) + (load(name) - (words(loads) + 1) / 2.0) * 0.7 / words(loads)
set logscale x
set xlabel "us from the burst to the fastest P-state: p50 filled, p99 open (emulated)"
set yrange [words(paths) + 0.6 : 0.4]
set ytics ()
do for [i = 1:words(paths)] { set ytics add (word(paths, i) i) }
set grid x
set key outside right title "load"
plot for [k = 1:words(loads)] table using ($3):(strcol(2) eq word(loads, k) ? height(strcol(1), strcol(2)) : NaN):($3):($4) with xerrorbars linecolor k pointtype 7 pointsize 0.6 title word(loads, k), \
     for [k = 1:words(loads)] table using ($4):(strcol(2) eq word(loads, k) ? height(strcol(1), strcol(2)) : NaN) with points linecolor k pointtype 6 pointsize 0.6 notitle

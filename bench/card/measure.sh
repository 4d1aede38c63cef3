#!/usr/bin/env bash
# Measures a CUDA card, in the order of what is lost if time runs out: correctness, limits, steps, whole runs, counters, scaling.
#   OUT=FOLDER bash measure.sh          beside all.tar.xz, which pack.sh makes; about eight minutes on an H200
#   QUICK=1                             small sizes, for a try on the emulated driver (LD_LIBRARY_PATH=FOLDER-WITH-LIBCUDA); its seconds mean nothing
# Emulated, a whole E-step through tables takes minutes and some steps run into their limits: what counts there is that each of them starts.
# FOLDER/summary.md has each figure beside its prediction; FOLDER/<card>/*.md are the suites' tables; all.tgz has everything, renewed after each step.
set -uo pipefail
OUT=${OUT:-card-results}
mkdir -p "$OUT"
OUT=$(cd "$OUT" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=${WORK:-/tmp/irtgpu-card}
mkdir -p "$work/log" "$work/cache"
quick=() persons=20000 million=1000000
if [ -n "${QUICK:-}" ]; then quick=(--quick) persons=50 million=50; fi
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}/usr/local/nvidia/lib64:/usr/local/nvidia/lib
export IRTGPU_CACHE=$work/cache IRTGPU_TEST_DEVICES=cuda

summary=$OUT/summary.md
say() { tar -C "$work" -czf "$OUT/all.tgz" log 2>/dev/null; echo "== $SECONDS s: $*"; }
row() { printf '| %s | %s | %s |\n' "$1" "$2" "$3" | tee -a "$summary"; }
number() { sed -n "s/^ *\"$2\": *\([-0-9.eE+]*\),*$/\1/p" "$1" 2>/dev/null | head -n 1; }
# Seconds of a command, and its exit status, in the two variables of these names.
seconds=0 status=0
timed() {
    local limit=$1 log=$2 began
    shift 2
    began=$(date +%s%N)
    timeout "$limit" "$@" > "$work/log/$log" 2>&1
    status=$?
    seconds=$(awk -v t=$(($(date +%s%N) - began)) 'BEGIN { printf "%.2f", t / 1e9 }')
}
# A specification of a 2PL or 3PL with spread difficulties.
specification() {
    printf 'model: %s\nitems: {' "$1"
    for ((item = 1; item <= $2; item++)); do printf 'i%d: 2, ' "$item"; done
    printf '}\nparameters:\n'
    for ((item = 1; item <= $2; item++)); do
        awk -v i="$item" -v n="$2" -v g="$([ "$1" = 3pl ] && echo ', g: 0.2')" \
            'BEGIN { printf "  i%d: {a1: %.2f, d: %.3f%s}\n", i, 0.7 + 0.05 * (i % 19), 2 - 4 * i / n, g }'
    done
}

say unpack
tar -C "$work" -xJf "$here/all.tar.xz" || exit 1
cd "$work/all" || exit 1
irtgpu=./IrtGpu.Cli

say card
{ nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.max.sm,memory.total --format=csv,noheader; nproc; uname -r; "$irtgpu" devices; } 2>&1 | tee "$work/log/card.txt"
{ echo "# A card, measured"; echo; echo "$(head -n 1 "$work/log/card.txt"); $(nproc) processors; $(date -u '+%Y-%m-%d %H:%M') UTC."
  echo "Predictions are of an H100 or H200, from counts of instructions or from the run of 2026-11-27 (marked *)."; echo
  echo "| what | measured | predicted |"; echo "|---|---|---|"; } > "$summary"

say smoke
specification 2pl 40 > 2pl-40.yaml
"$irtgpu" simulate 2pl-40.yaml --persons "$persons" --seed 1 --out small.csv || exit 1
for form in tables weighted-score; do
    for device in cpu cuda cuda; do
        timed 120 "smoke-$form-$device.txt" "$irtgpu" calibrate small.csv --device "$device" --e-step "$form" --out "o-$form-$device"
        row "$persons × 40, $form, $device" "exit $status, $seconds s, log L $(number "o-$form-$device/fit.json" logLikelihood)" \
            "$([ $device = cuda ] && echo 'exit 0; first start 2.7–3.3 s*, second 1.1–1.3 s*' || echo 'exit 0, 1.0 s*')"
    done
    row "$persons × 40, $form: relative difference of log L" "$(awk -v a="$(number "o-$form-cpu/fit.json" logLikelihood)" -v b="$(number "o-$form-cuda/fit.json" logLikelihood)" \
        'BEGIN { d = (a - b) / a; printf "%.1e", d < 0 ? -d : d }')" "below 1e-10 (1e-15*)"
done

say conformance
classes="ReducedConformanceTests AdaptiveConformanceTests SizeConformanceTests WholeFitConformanceTests WeightedScoreFormTests .ConformanceTests ProductConformanceTests CrossProductTests FusedEStepTests DeviceTrafficTests"
for class in $classes; do
    (timeout 200 ./IrtGpu.Kernels.Tests -class "*$class" > "$work/log/test-$class.txt" 2>&1
     echo $? > "$work/log/test-$class.status") &
done
wait
for class in $classes; do
    row "tests: $class" "exit $(cat "$work/log/test-$class.status"), $(grep -aE 'Total:|total:' "$work/log/test-$class.txt" | tail -n 1 | sed 's/\x1b\[[0-9;]*m//g' | tr -s ' ' | cut -c1-80)" "exit 0"
done

say many dimensions
# Items of a model of DIMENSIONS attributes in turn; with a general attribute before these where the third argument says so.
dimensions() {
    local first=1 names=
    [ "$3" = bifactor ] && first=2 names="g, "
    for ((j = 1; j <= $1; j++)); do names+="s$j, "; done
    printf 'attributes: [%s]\n' "${names%, }"
    [ "$3" = bifactor ] && echo 'orthogonal: true'
    printf 'items: {'
    for ((item = 1; item <= $2; item++)); do printf 'i%d: 2, ' "$item"; done
    printf '}\nq-matrix:\n'
    for ((item = 1; item <= $2; item++)); do printf '  i%d: [%ss%d]\n' "$item" "$([ "$3" = bifactor ] && echo 'g, ')" $((1 + item % $1)); done
    printf 'parameters:\n'
    for ((item = 1; item <= $2; item++)); do
        awk -v i="$item" -v n="$2" -v j=$((first + item % $1)) -v g="$([ "$3" = bifactor ] && echo 'a1: 1.2, ')" \
            'BEGIN { printf "  i%d: {%sa%d: %.2f, d: %.3f}\n", i, g, j, 0.8 + 0.05 * (i % 9), 1.5 - 3 * i / n }'
    done
    [ "$3" = bifactor ] && return
    printf 'population:\n  - {parameter: correlation, start: 0.4}\n'
}
bifactors=$persons; tens=10000; if [ -n "${QUICK:-}" ]; then tens=20; fi
dimensions 5 50 bifactor > bifactor.yaml
dimensions 5 50 correlated > correlated.yaml
for form in reduced adaptive; do
    [ $form = reduced ] && model=bifactor count=$bifactors || { model=correlated; count=$tens; }
    sed '/^parameters:/,$d' "$model.yaml" > "$model-model.yaml"
    "$irtgpu" simulate "$model.yaml" --persons "$count" --seed 3 --out "$model.csv" || continue
    ended=0
    for device in cpu cuda cuda; do
        timed 120 "$form-$device.txt" "$irtgpu" calibrate "$model.csv" --spec "$model-model.yaml" --integration $form --device "$device" --se none --out "d-$form-$device"
        row "$count × 50, 5 attributes, $form, $device" "exit $status, whole $seconds s, EM $(number "d-$form-$device/fit.json" estimate) s, log L $(number "d-$form-$device/fit.json" logLikelihood)" \
            "$(case $form-$device in reduced-cuda) echo 'an E-step 0.2 ms (by instructions, not measured)';; adaptive-cuda) echo 'a cycle 3 ms (by instructions, not measured)';; *) echo '–';; esac)"
        [ "$status" -eq 0 ] || ended=$status
    done
    row "$count × 50, $form: relative difference of log L" "$([ $ended -eq 0 ] || echo "not comparable, a run was cut off or did not converge: ")$(awk -v a="$(number "d-$form-cpu/fit.json" logLikelihood)" -v b="$(number "d-$form-cuda/fit.json" logLikelihood)" \
        'BEGIN { d = (a - b) / a; printf "%.1e", d < 0 ? -d : d }')" "below 1e-9"
done

say limits and steps
timed 150 devices.txt ./run-bench.sh limits devices "${quick[@]}" --device cuda --out "$OUT"
row "suites limits, devices" "exit $status, $seconds s" "figures and predictions in their tables"

say calibrations
timed 120 calibration.txt ./run-bench.sh calibration "${quick[@]}" --device cuda --out "$OUT"
row "suite calibration" "exit $status, $seconds s" "log-likelihoods of the processor's table to 1e-8"

say whole runs
for model in 2pl 3pl; do
    specification "$model" 50 > "$model-50.yaml"
    "$irtgpu" simulate "$model-50.yaml" --persons "$million" --seed 2 --out "$model.csv" || continue
    if [ "$model" = 2pl ]; then
        timed 120 whole-2pl-scores.txt "$irtgpu" calibrate 2pl.csv --model 2pl --device cuda --e-step weighted-score --se none --out w-2pl-scores
        row "2pl $million × 50, weighted scores, cuda" "exit $status, whole $seconds s, EM $(number w-2pl-scores/fit.json estimate) s, log L $(number w-2pl-scores/fit.json logLikelihood)" \
            "EM below tables': an E-step 0.21–0.35 ms against 0.64*; 0.12 s* with nine kernels a tile"
    fi
    for device in cpu cuda cuda; do
        timed 120 "whole-$model-$device.txt" "$irtgpu" calibrate "$model.csv" --model "$model" --device "$device" --e-step tables --se none --out "w-$model-$device"
        row "$model $million × 50, tables, $device" "exit $status, whole $seconds s, EM $(number "w-$model-$device/fit.json" estimate) s, log L $(number "w-$model-$device/fit.json" logLikelihood)" \
            "$(case $model-$device in 2pl-cuda) echo 'EM 0.06–0.09 s*';; 3pl-cuda) echo 'EM 0.09–0.10 s*';; 2pl-cpu) echo 'EM 0.3 s* of 16 processors';; *) echo 'EM 1.0 s* of 16 processors';; esac)"
    done
done

say counters
metrics=smsp__issue_active.avg.pct_of_peak_sustained_active,sm__throughput.avg.pct_of_peak_sustained_elapsed,sm__pipe_shared_cycles_active.avg.pct_of_peak_sustained_elapsed,lts__throughput.avg.pct_of_peak_sustained_elapsed,l1tex__throughput.avg.pct_of_peak_sustained_elapsed,gpu__time_duration.sum
if command -v ncu >/dev/null; then
    timed 90 ncu.csv ncu --clock-control none --launch-skip 9 --launch-count 18 --metrics $metrics --csv "$irtgpu" calibrate 2pl.csv --device cuda --e-step tables --se none --out w-ncu
    row "counters of two E-steps" "exit $status; log/ncu.csv" "fused: 512 µs, tensor and double units 60 %, issue 37 %*"
    timed 90 ncu-scores.csv ncu --clock-control none --launch-skip 13 --launch-count 30 --metrics $metrics --csv "$irtgpu" calibrate 2pl.csv --device cuda --e-step weighted-score --se none --out w-ncu-scores
    row "counters of a cycle by weighted scores" "exit $status; log/ncu-scores.csv" "terms 130 µs, node totals 61, responses 12 at full issue; issue 60–100 %"
else
    row "counters" "there is no ncu" "–"
fi

say scaling
timed 90 cost.txt ./run-bench.sh cost "${quick[@]}" --device cuda --out "$OUT"
row "suite cost" "exit $status, $seconds s" "slopes below 1 up to 4e4 persons, then 1"
nvidia-smi --query-gpu=clocks.sm,power.draw,temperature.gpu --format=csv,noheader 2>&1 | tee -a "$work/log/card.txt"
say end

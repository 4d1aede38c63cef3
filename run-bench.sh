#!/bin/sh
# Builds the benchmarks in Release and runs them; ./run-bench.sh --help lists suites and options.
set -e
IRTGPU_BENCH_ROOT=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
export IRTGPU_BENCH_ROOT
project="$IRTGPU_BENCH_ROOT/bench/IrtGpu.Bench"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! dotnet build "$project" -c Release --nologo -v quiet >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
dotnet "$project/bin/Release/net10.0/IrtGpu.Bench.dll" "$@"

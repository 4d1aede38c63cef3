#!/bin/sh
# Runs the benchmarks; ./run-bench.sh --help lists suites and options.
# In a checkout it builds them in Release first. In a published folder (dotnet publish bench/IrtGpu.Bench -c Release -o FOLDER)
# it runs what lies beside it, with the runtime that the folder carries: no SDK, no repository; results go to ./bench/results.
set -e
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)

if [ -f "$here/IrtGpu.Bench.dll" ]; then
    if [ -x "$here/dotnet/dotnet" ]; then
        DOTNET_ROOT="$here/dotnet"
        export DOTNET_ROOT
        exec "$here/dotnet/dotnet" "$here/IrtGpu.Bench.dll" "$@"
    fi
    if [ -f "$here/libcoreclr.so" ] || [ -f "$here/libcoreclr.dylib" ]; then
        exec "$here/IrtGpu.Bench" "$@"
    fi
    exec dotnet "$here/IrtGpu.Bench.dll" "$@"
fi

IRTGPU_BENCH_ROOT=$here
export IRTGPU_BENCH_ROOT
project="$IRTGPU_BENCH_ROOT/bench/IrtGpu.Bench"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! dotnet build "$project" -c Release --nologo -v quiet >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
dotnet "$project/bin/Release/net10.0/IrtGpu.Bench.dll" "$@"

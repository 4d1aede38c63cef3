#!/bin/sh
# Packs what a machine with a CUDA card needs to measure everything: benchmarks, command, tests of devices, runtime, script.
#   bench/card/pack.sh [FOLDER]      default .card, which git ignores; makes FOLDER/all.tar.xz and FOLDER/measure.sh
# There, with neither SDK nor network:  OUT=results bash FOLDER/measure.sh
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
folder=${1:-$here/.card}
mkdir -p "$folder"
folder=$(CDPATH= cd -- "$folder" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The command's assemblies are compiled ahead and stand for those of the others, whose own need not be: that would double the archive.
mkdir -p "$work/all"
for project in src/IrtGpu.Cli bench/IrtGpu.Bench tests/IrtGpu.Kernels.Tests; do
    case $project in *Cli) ahead=true ;; *) ahead=false ;; esac
    dotnet publish "$here/$project" -c Release -r linux-x64 --self-contained -p:PublishReadyToRun=$ahead --nologo -v quiet -o "$work/part"
    cp -rn "$work/part/." "$work/all/"
    rm -r "$work/part"
done
rm -f "$work/all"/*.pdb "$work/all"/*.xml
tar -C "$work" -cf - all | xz -T0 -6 > "$folder/all.tar.xz.part"
mv "$folder/all.tar.xz.part" "$folder/all.tar.xz"
cp "$here/bench/card/measure.sh" "$folder/"
du -h "$folder/all.tar.xz"

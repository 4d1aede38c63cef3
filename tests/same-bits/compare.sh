#!/usr/bin/env bash
# Fits every line of fits.txt with two builds of the command and compares their tables byte by byte.
#   tests/same-bits/compare.sh OLD [NEW] [PATTERN]
# OLD, NEW: a commit, or a folder with IrtGpu.Cli.dll; NEW defaults to the working tree. PATTERN: only fits whose name matches.
# Where tables differ, the largest relative difference of their numbers is printed; the exit code is 1 where any fit differs.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"; git -C "$root" worktree prune' EXIT

# The folder of a build: as given, or made of a commit.
build() {
    if [ -f "$1/IrtGpu.Cli.dll" ]; then echo "$1"; return; fi
    local sources="$root"
    if [ "$1" != . ]; then
        sources="$work/sources-$2"
        git -C "$root" worktree add -q --detach "$sources" "$1" || exit 100
    fi
    dotnet publish "$sources/src/IrtGpu.Cli" -c Release --nologo -v quiet -o "$work/$2" >&2 || exit 100
    echo "$work/$2"
}
old=$(build "${1:?a commit or a folder}" old) || exit 100
new=$(build "${2:-.}" new) || exit 100

# Largest |a − b| / max(1, |b|) over the numbers of two tables; 'shape' where other things differ.
difference() {
    paste -d, "$1" "$2" | awk -F, '
        NF % 2 { print "shape"; wrong = 1; exit }
        { for (i = 1; i <= NF / 2; i++) { a = $i; b = $(i + NF / 2); if (a == b) continue
              if (a + 0 == 0 && a !~ /^[-+.0]/ || b + 0 == 0 && b !~ /^[-+.0]/) { print "shape"; wrong = 1; exit }
              d = a - b; if (d < 0) d = -d; s = b < 0 ? -b : b; if (s > 1) d /= s; if (d > m) m = d } }
        END { if (!wrong) printf "%.1e", m }'
}

differ=0
fits=0
while IFS='|' read -r name data options; do
    name=${name// /}
    data=${data// /}
    case $name in '' | \#*) continue ;; esac
    [[ $name =~ ${3:-.} ]] || continue
    fits=$((fits + 1))
    set -f
    for build in old new; do
        (cd "$here" && dotnet "${!build}/IrtGpu.Cli.dll" calibrate "../IrtGpu.Tests/Golden/data/$data" $options --quiet --out "$work/$build-$name" 2>"$work/$build-$name.txt")
        echo $? >"$work/$build-$name.code"
    done
    set +f
    found=""
    cmp -s "$work/old-$name.code" "$work/new-$name.code" || found=" exit-code:$(cat "$work/old-$name.code")->$(cat "$work/new-$name.code")"
    for table in items population scores; do
        a="$work/old-$name/$table.csv"
        b="$work/new-$name/$table.csv"
        [ -f "$a" ] || [ -f "$b" ] || { [ "$table" = scores ] || found+=" $table:absent"; continue; }
        cmp -s "$a" "$b" || found+=" $table:$(difference "$a" "$b")"
    done
    printf '%-22s %s\n' "$name" "${found:-same bits}"
    [ -z "$found" ] || differ=$((differ + 1))
done <"$here/fits.txt"
echo "$fits fits, $differ differ"
[ "$differ" -eq 0 ]

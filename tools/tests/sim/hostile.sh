# SPDX-License-Identifier: MIT
# Saved guests that are not what they should be; for run.

# hostile EACH [FIRST]: every EACH-th of hostile.py, from FIRST on. A clear end, at once, and nothing left.
hostile() {
    local count=0 refused=0 n=-1 what rc
    on a xl create -e "$work/g1.cfg" >/dev/null || fail "xl create"
    answers a g1 >/dev/null || fail "no answer"
    on a xl save g1 "$work/g1.save" 2>/dev/null || fail "xl save"
    same a
    while read -r what; do
        n=$((n + 1))
        [ $n -ge "${2:-0}" ] && [ $(((n - ${2:-0}) % $1)) = 0 ] || continue
        "$here/hostile.py" "$work/g1.save" "$work/bad.save" $n
        on a xl restore -e -p "$work/bad.save" >"$work/list" 2>&1 </dev/null
        rc=$?
        # 124: it has not ended; above: a signal.
        [ $rc -lt 124 ] || fail "$n ($what): xl restore ends with $rc: $(tail -n 20 "$work/list")"
        ! grep -q -e Sanitizer -e 'runtime error' "$work/list" || fail "$n ($what): $(cat "$work/list")"
        if [ $rc != 0 ]; then
            grep -q . "$work/list" || fail "$n ($what): refused without a word"
            refused=$((refused + 1))
        else
            on a xl list | awk 'NR > 2 { print $(NF - 4) }' | while read -r id; do on a xl destroy "$id"; done
        fi
        same a
        count=$((count + 1))
        [ -z "${VERBOSE:-}" ] || echo "$n: $what: $rc, $SECONDS s"
    done < <("$here/hostile.py" "$work/g1.save" -)
    rm "$work/g1.save" "$work/bad.save"
    echo "$count saved guests that are not what they should be, $refused refused: nothing is left"
}

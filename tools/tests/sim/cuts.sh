# SPDX-License-Identifier: MIT
# Migrations that are cut at a random point; for run.

# All processes below $1, itself first.
tree_of() {
    local p
    echo "$1"
    for p in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do tree_of "$p"; done
}

command_of() {
    { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null
}

# named_in PID WORD: the process of its tree whose command has WORD in it.
named_in() {
    local p
    for p in $(tree_of "$1"); do
        case $(command_of "$p") in
        *"$2"*) echo "$p" && return ;;
        esac
    done
    return 1
}

cut_line() {
    local up down
    [ ! -e "$work/cuts" ] || read -r up down <"$work/cuts"
    [ -z "${down:-}" ] || kill -9 "$up" "$down" 2>/dev/null
}

# Receiving is a process and its guard; either is killed.
receivers() {
    local p
    for p in $(tree_of "$1"); do
        case $(command_of "$p") in
        "xl migrate-receive"*) echo "$p" ;;
        esac
    done
}

cut_receiver() {
    local p
    p=$(receivers "$1" | shuf -n 1)
    [ -z "$p" ] || kill -9 "$p" 2>/dev/null
}

cut_helper() {
    local p
    p=$(named_in "$1" "libxl-save-helper save") && kill -9 "$p" 2>/dev/null
}

# one_cut FROM TO MODE MS: the migration, cut after MS. Prints nothing.
one_cut() {
    local sender
    rm -f "$work/cuts"
    on "$1" xl migrate -s "$here/link $tree $work/cuts" g1 "$work/$2" >"$work/cut.log" 2>&1 &
    sender=$!
    sleep "$(printf '%d.%03d' $(($4 / 1000)) $(($4 % 1000)))"
    case $3 in
    line) cut_line ;;
    receiver) cut_receiver $sender ;;
    helper) cut_helper $sender ;;
    esac
    wait $sender
}

# Where it is: "a" or "b", once the hosts have come to rest.
only_on() {
    local a b
    for _ in $(seq 100); do
        a=$(on a xl list | awk 'NR > 2 { print $1 }' | tr '\n' ' ')
        b=$(on b xl list | awk 'NR > 2 { print $1 }' | tr '\n' ' ')
        case "$a|$b" in
        "g1 |") echo a && return ;;
        "|g1 ") echo b && return ;;
        esac
        sleep 0.1
    done
    echo "a has: $a, b has: $b" >&2
    return 1
}

# How long one takes, in ms.
duration() {
    local t0 t1
    t0=$(date +%s%N)
    one_cut "$1" "$2" none 0
    t1=$(date +%s%N)
    echo $(((t1 - t0) / 1000000))
}

# cuts ROUNDS
cuts() {
    local at=a to=b n ms mode max stayed=0 moved=0 modes=(line receiver helper)
    RANDOM=${SEED:=$((RANDOM))}
    echo "seed $SEED"
    on a xl create -e "$work/g1.cfg" >/dev/null || fail "xl create"
    n=$(answers a g1) || fail "no answer"
    max=$(duration a b)
    at=b to=a
    n=$(expect_goes_on b g1 "$n") || exit 1
    echo "a migration takes $max ms"
    for round in $(seq "$1"); do
        mode=${modes[RANDOM % 3]} ms=$((RANDOM % max))
        one_cut $at $to "$mode" $ms
        now=$(only_on) || {
            cat "$work/cut.log" >&2
            fail "round $round: $mode cut after $ms ms from $at to $to: not on one side"
        }
        n=$(expect_goes_on "$now" g1 "$n") || {
            cat "$work/cut.log" >&2
            fail "round $round: $mode cut after $ms ms from $at to $to"
        }
        if [ "$now" = $at ]; then
            stayed=$((stayed + 1))
            same $to
        else
            moved=$((moved + 1))
            same $at
            to=$at at=$now
        fi
        [ $((round % 50)) != 0 ] || echo "$round rounds"
    done
    on $at xl destroy g1
    same a
    same b
    echo "$1 migrations cut: the guest stayed $stayed times and had moved $moved times"
}

# SPDX-License-Identifier: MIT
# Migrations that are cut at a message of the hand-over, of either side, one by one; for run, after cuts.sh.
# tools/tests/migrate/cutter.c stands for the line.

early=(before-banner before-header after-header)
late=(before-ready after-ready before-go after-go before-report after-report before-status after-status)
actions=(line down:line sender sender-guard sender-both receiver receiver-guard receiver-both)

# What kills whom, as the cutter runs it: each end is a process that works, and its guard.
actions_make() {
    local child='$(cat /proc/$RECEIVER/task/$RECEIVER/children)' guard='$(ps -o ppid= $SENDER)'
    action() { printf '#!/bin/sh\n[ "$(ps -o comm= $SENDER)" = xl ] || exit 1\nkill -9 %s\n' "$2" >"$work/act.$1"; }
    action sender '$SENDER'
    action sender-guard "$guard"
    action sender-both "$guard \$SENDER"
    # Before the header the receiver has no guard yet.
    printf '#!/bin/sh\nkill -9 $(cat /proc/$RECEIVER/task/$RECEIVER/children | grep . || echo $RECEIVER)\n' >"$work/act.receiver"
    action receiver-guard '$RECEIVER'
    action receiver-both "\$RECEIVER $child"
    chmod 755 "$work"/act.*
}

# expected POINT ACTION: "one" is the rule: it runs on one side, and the other one has nothing. What
# else may be is that both processes of the sender die, or that the line does not come back.
#   suspended  it is still the sender's, and nobody is there to resume it
#   aside      it runs at the receiver's, and the sender's suspended copy has stayed
#   undecided  only the sender's suspended copy is there
expected() {
    case $2:$1 in
    sender-both:before-ready) echo suspended ;;
    sender-both:after-ready) echo suspended aside ;;
    sender-both:*-go | sender-both:*-report | sender-both:before-status) echo aside ;;
    sender-both:after-status) echo one aside ;;
    down:line:after-ready | down:line:before-go) echo undecided ;;
    down:line:after-go | down:line:*-report | down:line:before-status) echo aside ;;
    *) echo one ;;
    esac
}

copies() {
    on "$1" xl list | awk 'NR > 2 { print $1 (index($5, "s") ? "/s" : "") }' | tr '\n' ' '
}

# situation FROM TO: as in expected(), with "stayed" and "moved" for "one"; else both lists.
situation() {
    local both
    both="$(copies "$1")|$(copies "$2")"
    case $both in
    "g1 |") echo stayed ;;
    "|g1 ") echo moved ;;
    "g1/s |") echo suspended ;;
    "g1--migratedaway/s |g1 ") echo aside ;;
    "g1--migratedaway/s |") echo undecided ;;
    *) echo "$both" ;;
    esac
}

# cut_at FROM TO POINT ACTION
cut_at() {
    local how=$work/act.$4
    case $4 in *line) how=$4 ;; esac
    rm -f "$work/cut.mark"
    on "$1" xl migrate -s "$cutter $3 $how $work/cut.mark $here/on $tree" g1 "$work/$2" >"$work/cut.log" 2>&1
    for _ in $(seq 300); do
        pgrep -f "$work/cut.mark" >/dev/null || return
        sleep 0.1
    done
    fail "$4 at $3: the sender or the line does not end"
}

# settled FROM TO EXPECTED...: once it is as expected; prints the situation.
settled() {
    local from=$1 to=$2 now
    shift 2
    for _ in $(seq 100); do
        now=$(situation "$from" "$to")
        case " $* " in
        *" ${now/#@(stayed|moved)/one} "*) echo "$now" && return ;;
        esac
        sleep 0.1
    done
    echo "$now" >&2
    return 1
}

# hand_over POINT...: each point with each action.
hand_over() {
    local at=a to=b n point action now count=0 seen=""
    shopt -s extglob
    cutter=$tree/bin/cutter
    actions_make
    on a xl create -e "$work/g1.cfg" >/dev/null || fail "xl create"
    n=$(answers a g1) || fail "no answer"
    for point; do
        for action in "${actions[@]}"; do
            cut_at $at $to "$point" "$action"
            [ "$(cat "$work/cut.mark")" = "$([ "$action" = down:line ] && echo down || echo cut)" ] ||
                fail "$action at $point: $(cat "$work/cut.mark" "$work/cut.log")"
            # shellcheck disable=SC2046
            now=$(settled $at $to $(expected "$point" "$action")) || {
                cat "$work/cut.log" >&2
                fail "$action at $point: expected $(expected "$point" "$action")"
            }
            case $now in
            suspended | undecided)
                on $at xl destroy "$([ $now = suspended ] && echo g1 || echo g1--migratedaway)"
                same $at
                same $to
                on $at xl create -e "$work/g1.cfg" >/dev/null || fail "xl create"
                n=0
                ;;
            aside) on $at xl destroy g1--migratedaway ;;
            esac
            case $now in
            moved | aside) same $at && { [ $at = a ] && at=b to=a || at=a to=b; } ;;
            *) same $to ;;
            esac
            n=$(expect_goes_on $at g1 "$n") || {
                cat "$work/cut.log" >&2
                fail "$action at $point: $now"
            }
            [ -z "${VERBOSE:-}" ] || echo "$action at $point: $now, $SECONDS s"
            count=$((count + 1)) seen="$seen$now"$'\n'
        done
    done
    on $at xl destroy g1
    same a
    same b
    echo "$count migrations cut at the messages of the hand-over:" \
        "$(echo "$seen" | grep . | sort | uniq -c | awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }')"
}

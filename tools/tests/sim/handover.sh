# SPDX-License-Identifier: MIT
# Migrations that are cut at a message of the hand-over, of either side, one by one; for run, after cuts.sh.
# tools/tests/migrate/cutter.c stands for the line.

. "$here/../migrate/outcomes.sh"
actions=(line later:line down:line sender sender-guard sender-both receiver receiver-guard receiver-both lost:receiver-both)

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

situation() { # FROM TO
    situation_of g1 "$(on "$1" xl list | copies_of)" "$(on "$2" xl list | copies_of)"
}

# cut_at FROM TO POINT ACTION
cut_at() {
    local how=$work/act.$4 options=""
    case $4 in
    *line) how=$4 ;;
    lost:*) how=lost:$work/act.${4#lost:} ;;
    esac
    case $4 in down:*) options=--patience=0 ;; esac
    rm -f "$work/cut.mark"
    on "$1" xl migrate $options -s "$cutter $3 $how $work/cut.mark $here/on $tree" g1 "$work/$2" >"$work/cut.log" 2>&1
    for _ in $(seq 300); do
        pgrep -f "$work/cut.mark" >/dev/null || return
        sleep 0.1
    done
    fail "$4 at $3: the sender or the line does not end"
}

# settled FROM TO POINT ACTION: once it is as expected; prints the situation.
settled() {
    local now
    for _ in $(seq 100); do
        now=$(situation "$1" "$2")
        is_expected "$3" "$4" "$now" && echo "$now" && return
        sleep 0.1
    done
    echo "$now" >&2
    return 1
}

# finish FROM TO NAME
finish() {
    on "$1" xl migrate --finish -s "$here/on $tree" "$3" "$work/$2" >"$work/finish.log" 2>&1
}

# What an admin may do wrong, or find later.
finish_refused() {
    local sender
    finish a b g1 && fail "--finish of a guest that runs"
    grep -q "not suspended" "$work/finish.log" || fail "--finish: $(cat "$work/finish.log")"
    printf '#!/bin/sh\ntouch %s/held\nsleep 2\n' "$work" >"$work/act.hold"
    chmod 755 "$work/act.hold"
    cut_at a b before-ready hold &
    sender=$!
    for _ in $(seq 100); do
        [ ! -e "$work/held" ] || break
        sleep 0.05
    done
    finish a b g1 && fail "--finish of a guest that is being moved"
    grep -q "migrated already" "$work/finish.log" || fail "--finish: $(cat "$work/finish.log")"
    wait $sender
    [ "$(settled a b before-ready hold)" = moved ] || fail "the sender that was held has not gone on"
    same a
}

# It has started there, and has ended since: its old copy must not run again.
finish_late() {
    cut_at b a after-go down:line
    settled b a after-go down:line >/dev/null || fail "down:line at after-go"
    on a xl destroy g1
    same a
    rm "$work/cut.mark"
    finish b a g1--migratedaway || fail "--finish: $(cat "$work/finish.log")"
    same b
    on a xl create -e "$work/g1.cfg" >/dev/null || fail "xl create"
    echo "xl migrate --finish knows what is over, what goes on and what has been"
}

uuid=b0a7d1c5-0c54-4b8f-9f6e-6d1f0b8a2c11 records=/var/lib/xen/xl-received

# half_started WORD NAME paused|running: both processes of b's receiver were killed while they did what
# WORD says, when the domain was called NAME and had this state; then the sender asks.
half_started() {
    { sed 's/^name = .*//' "$work/g1.cfg" && printf 'name = "%s"\nuuid = "%s"\n' "$2" $uuid; } >"$work/half.cfg"
    on b xl create -e -p "$work/half.cfg" >/dev/null || fail "xl create"
    [ "$3" != running ] || on b xl unpause "$2" || fail "xl unpause"
    on b sh -c "mkdir -p $records && echo $1 >$records/$uuid"
    [ "$(on b xl migrate-receive --outcome $uuid 2>/dev/null)" = started ] || fail "$1 as $2: not started"
    case $1 in
    starting) answers b g1 >/dev/null || fail "$1 as $2, $3: no answer" ;;
    paused) on b xl list g1 | grep -q -- '--p---' || fail "$1 as $2: not paused" ;;
    esac
    on b xl destroy g1
    [ "$(on b xl migrate-receive --outcome $uuid)" = started ] || fail "$1 as $2: forgotten"
    on b rm "$records/$uuid"
    [ "$(on b xl migrate-receive --outcome $uuid)" = gone ] || fail "$1 as $2: known without a record"
    same b
}

# The host went down while it started the domain: nothing of it is there.
never_started() {
    on b sh -c "echo starting >$records/$uuid"
    [ "$(on b xl migrate-receive --outcome $uuid)" = gone ] || fail "a domain that is not there has started"
    same b
}

half_starts() {
    half_started starting g1--incoming paused
    half_started starting g1 paused
    half_started starting g1 running
    half_started paused g1--incoming paused
    half_started paused g1 paused
    never_started
    echo "a receiver killed while it starts the domain: it is started by who is asked"
}

# The line passes nothing on, and neither side is told: the receiver gives up, and the sender keeps it.
silent_line() {
    local n
    on a xl create -e "$work/g1.cfg" >/dev/null || fail "xl create"
    n=$(answers a g1) || fail "no answer"
    printf '#!/bin/sh\nsleep 65\n' >"$work/act.silent"
    chmod 755 "$work/act.silent"
    rm -f "$work/cut.mark"
    timeout 120 "$here/on" "$tree" "$work/a" xl migrate \
        -s "$cutter after-ready $work/act.silent $work/cut.mark $here/on $tree" g1 "$work/b" >"$work/cut.log" 2>&1
    [ "$(settled a b after-ready silent)" = stayed ] || fail "a silent line: $(cat "$work/cut.log")"
    grep -q "The sender says nothing" "$work/cut.log" || fail "a silent line: $(cat "$work/cut.log")"
    same b
    expect_goes_on a g1 "$n" >/dev/null || fail "after a silent line"
    on a xl destroy g1
    same a
    echo "a silent line: it stays where it was"
}

# hand_over POINT...: each point with each action.
hand_over() {
    local at=a to=b n point action now left count=0 seen=""
    cutter=$tree/bin/cutter
    actions_make
    on a xl create -e "$work/g1.cfg" >/dev/null || fail "xl create"
    answers a g1 >/dev/null || fail "no answer"
    finish_refused
    finish_late
    half_starts
    n=$(answers a g1) || fail "no answer"
    for point; do
        for action in "${actions[@]}"; do
            cut_at $at $to "$point" "$action"
            [ "$(head -n 1 "$work/cut.mark")" = "$(mark_of "$action")" ] ||
                fail "$action at $point: $(cat "$work/cut.mark" "$work/cut.log")"
            now=$(settled $at $to "$point" "$action") || {
                cat "$work/cut.log" >&2
                fail "$action at $point: expected $(expected "$point" "$action")"
            }
            left=$(left_name g1 "$now")
            [ -z "$left" ] || finish $at $to "$left" ||
                fail "$action at $point: --finish: $(cat "$work/finish.log")"
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

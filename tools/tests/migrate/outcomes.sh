# SPDX-License-Identifier: MIT
# What a migration that is cut at a message of its hand-over may lead to; cutter.c cuts it. For sh.

early_points="before-banner before-header after-header"
late_points="before-ready after-ready before-go after-go before-report after-report before-status after-status"

# expected POINT ACTION: "one" is the rule: it runs on one side, and the other one has nothing. What
# else may be is that both processes of the sender die, or that the line does not come back.
#   suspended  it is still the sender's, and nobody is there to resume it
#   aside      it runs at the receiver's, and the sender's suspended copy has stayed
#   undecided  only the sender's suspended copy is there
# Then xl migrate --finish, once the line is back, makes it "one".
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

# is_expected POINT ACTION SITUATION
is_expected() {
    case $3 in
    stayed | moved) set -- "$1" "$2" one ;;
    esac
    case " $(expected "$1" "$2") " in
    *" $3 "*) return 0 ;;
    esac
    return 1
}

# What the cutter has written first when it is over.
mark_of() { # ACTION
    case $1 in
    down:*) echo down ;;
    later:*) echo later ;;
    *) echo cut ;;
    esac
}

# What "xl list" shows of guests: names, with /s where one is suspended.
copies_of() {
    awk 'NR > 2 { print $1 (index($5, "s") ? "/s" : "") }' | tr '\n' ' '
}

# situation_of NAME HERE THERE: as in expected(), with "stayed" and "moved" for "one"; else both lists.
situation_of() {
    case "$2|$3" in
    "$1 |") echo stayed ;;
    "|$1 ") echo moved ;;
    "$1/s |") echo suspended ;;
    "$1--migratedaway/s |$1 ") echo aside ;;
    "$1--migratedaway/s |") echo undecided ;;
    *) echo "$2|$3" ;;
    esac
}

# left_name NAME SITUATION: what the sender's copy is called that is to be finished; nothing if none is.
left_name() {
    case $2 in
    suspended) echo "$1" ;;
    aside | undecided) echo "$1--migratedaway" ;;
    esac
}

# SPDX-License-Identifier: MIT
#
# Sourced, in bash, by every hotplug script, of ours or of others. A script is called by the
# toolstack with an action, with XENBUS_PATH naming the backend's directory in xenstore, and tells
# the outcome there:
#   hotplug-status   "connected", "error" or "busy"
#   hotplug-error    why not
# and by its exit status. What it prints as errors goes to a log. A command that fails ends it.
#
#   success                     it is done
#   fatal TEXT...               it cannot be done; ends the script
#   do_or_die COMMAND...        fatal if COMMAND fails
#   do_without_error COMMAND... goes on if COMMAND fails
#   xenstore_read PATH...       prints a node; fatal if it is not there
#   xenstore_read_default PATH DEFAULT
#   xenstore_write PATH VALUE...
#   be KEY [DEFAULT]            prints a node of the backend
#   call_hooks KIND WHEN        sources what is in XEN_SCRIPT_DIR/KIND-WHEN.d/*.hook

dir=${BASH_SOURCE[0]%/*}
. "$dir/hotplugpath.sh"
. "$dir/logging.sh"
. "$dir/xen-script-common.sh"
. "$dir/locking.sh"

export PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"
export LANG=C LC_ALL=C
[ -n "${XENBUS_PATH:-}" ] || { echo "${0##*/}: XENBUS_PATH is not set" >&2; exit 1; }
[ ! -w "$XEN_LOG_DIR" ] || exec 2>>"$XEN_LOG_DIR/xen-hotplug.log"

# give_up STATUS TEXT...: the reason that is given stands, so that a subshell's status 99 tells its
# shell that there is one.
give_up() {
	local status=$1
	shift
	trap - ERR
	log err "$*"
	xenstore-write "$XENBUS_PATH/hotplug-error" "$*" "$XENBUS_PATH/hotplug-status" "$status" || :
	[ "$BASH_SUBSHELL" = 0 ] || exit 99
	exit 1
}
fatal() { give_up error "$*"; }
# sigerr [STATUS LINE]
sigerr() {
	[ "${1:-}" != 99 ] || { trap - ERR; [ "$BASH_SUBSHELL" = 0 ] || exit 99; exit 1; }
	fatal "${0##*/}: a command failed${2:+ in line $2}"
}
set -E
trap 'sigerr $? $LINENO' ERR

success() { xenstore_write "$XENBUS_PATH/hotplug-status" connected; }
do_or_die() { "$@" || fatal "$* failed"; }
do_without_error() { "$@" 2>/dev/null || log debug "$* failed"; }

xenstore_read() { xenstore-read "$@" || fatal "xenstore-read $* failed"; }
xenstore_read_default() { xenstore-read "$1" 2>/dev/null || echo "$2"; }
xenstore_write() {
	log debug "writes $*"
	xenstore-write "$@" || fatal "xenstore-write $* failed"
}
be() { xenstore_read_default "$XENBUS_PATH/$1" "${2-}"; }

call_hooks() {
	local hook
	for hook in "$XEN_SCRIPT_DIR/$1-$2.d"/*.hook; do
		[ ! -x "$hook" ] || . "$hook"
	done
}

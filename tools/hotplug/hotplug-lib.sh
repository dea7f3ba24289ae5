# SPDX-License-Identifier: MIT
#
# Sourced by the hotplug scripts. A script is called by the toolstack with an action, with
# XENBUS_PATH naming the backend's directory in xenstore, and tells the outcome there:
#   hotplug-status   "connected" or "error"
#   hotplug-error    why not
# and by its exit status. What it prints goes to the log.

LOG=/var/log/xen/xen-hotplug.log
LOCK_DIR=/var/run/xen-hotplug
export PATH="/usr/sbin:/usr/bin:/sbin:/bin${PATH:+:$PATH}"
export LANG=C

log() { echo "$(date '+%Y-%m-%d %H:%M:%S') ${0##*/} ${XENBUS_PATH:-}: $*" >&2; }

xs_read() { xenstore-read "$1" 2>/dev/null; }
xs_write() { xenstore-write "$@"; }
# be KEY [DEFAULT]: a node of the backend
be() { xs_read "$XENBUS_PATH/$1" || echo "${2-}"; }

die() {
	log "$*"
	trap - ERR
	xs_write "$XENBUS_PATH/hotplug-error" "$*" "$XENBUS_PATH/hotplug-status" error
	exit 1
}
succeeded() { xs_write "$XENBUS_PATH/hotplug-status" connected; }

# locked NAME: only one script at a time holds this lock; it goes with the process.
locked() {
	mkdir -p "$LOCK_DIR"
	exec 8>"$LOCK_DIR/$1"
	flock -w 60 8 || die "no lock $1"
}

[ -n "${XENBUS_PATH:-}" ] || { echo "${0##*/}: XENBUS_PATH is not set" >&2; exit 1; }
[ -d /var/log/xen ] && exec 2>>"$LOG"
set -e
trap 'die "line $LINENO: status $?"' ERR

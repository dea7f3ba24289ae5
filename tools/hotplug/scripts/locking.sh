# SPDX-License-Identifier: MIT
# Sourced, in bash. Locks between scripts; one goes with its process at the latest.
#   claim_lock NAME    waits until it is ours
#   release_lock NAME  removes it
LOCK_BASEDIR=${LOCK_BASEDIR:-/var/run/xen-hotplug}
declare -A lock_fds

# Who had it before may have removed the file that we have waited for: then there is a new one.
claim_lock() {
	local file=$LOCK_BASEDIR/$1 fd
	mkdir -p "$LOCK_BASEDIR"
	while :; do
		exec {fd}>>"$file"
		flock -w 60 "$fd" || { exec {fd}>&-; fatal "no lock $1"; }
		[ "$(stat -L -c %d:%i "/proc/self/fd/$fd")" != "$(stat -c %d:%i "$file" 2>/dev/null)" ] || break
		exec {fd}>&-
	done
	lock_fds[$1]=$fd
}

release_lock() {
	local fd=${lock_fds[$1]:-}
	[ -n "$fd" ] || return 0
	rm -f "$LOCK_BASEDIR/$1"
	exec {fd}>&-
	unset "lock_fds[$1]"
}

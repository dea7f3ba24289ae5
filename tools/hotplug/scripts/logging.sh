# SPDX-License-Identifier: MIT
# Sourced. log LEVEL TEXT...: a line in the script's log, and in the host's by logger(1); LEVEL is
# one of syslog's: err, warning, notice, info, debug.
log() {
	local level=$1
	shift
	echo "$(date '+%Y-%m-%d %H:%M:%S') ${0##*/} ${XENBUS_PATH:-} $level: $*" >&2
	! command -v logger >/dev/null || logger -t "${0##*/}" -p "daemon.$level" -- "${XENBUS_PATH:+$XENBUS_PATH: }$*" || :
}

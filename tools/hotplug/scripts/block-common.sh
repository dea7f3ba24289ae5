# SPDX-License-Identifier: MIT
#
# Sourced, in bash, by scripts of block devices, with the script's argument, add or remove, which
# becomes "command". Functions:
#   device_major_minor DEV  prints MAJOR:MINOR in hexadecimal, as backends want it
#   write_dev DEV           connects the backend to DEV
#   canonicalise_mode MODE  prints r, w, or ! where the configuration permits what looks wrong
#   same_vm DOMID           is it our guest? While one moves to its own host it is two domains, and
#                           its device model may be another
#   ebusy TEXT...           somebody else has the device; ends the script

. "${BASH_SOURCE[0]%/*}/xen-hotplug-common.sh"

findCommand "$@"
case ${command:-} in
add | remove) ;;
*) fatal "unknown action ${command:-}" ;;
esac

device_major_minor() { stat -L -c '%t:%T' "$1"; }

write_dev() {
	[ -b "$1" ] || fatal "$1 is no block device"
	xenstore_write "$XENBUS_PATH/physical-device" "$(device_major_minor "$1")" \
		"$XENBUS_PATH/physical-device-path" "$1"
	success
}

canonicalise_mode() {
	case $1 in
	w*!* | !*) echo '!' ;;
	w* | rw*) echo w ;;
	*) echo r ;;
	esac
}

# The guest that a domain is, or is the device model of.
vm_of() {
	local target
	target=$(xenstore_read_default "/local/domain/$1/target" "$1")
	xenstore_read_default "/local/domain/$target/vm" ""
}

same_vm() {
	local vm
	vm=$(vm_of "${FRONTEND_ID:-$(be frontend-id)}")
	[ -n "$vm" ] && [ "$(vm_of "$1")" = "$vm" ]
}

ebusy() { give_up busy "$*"; }

# SPDX-License-Identifier: MIT
#
# Sourced by the vif scripts, after the arguments were "ACTION [type_if=vif|tap]".

. "$(dirname "$0")/hotplug-lib.sh"

action=${1:-}
dev=${vif:-}
[ -n "$dev" ] || die "vif is not set"
name=$(be vifname)
mac=$(be mac)
ips=$(be ip)
handle=${XENBUS_PATH##*/}
case $action in
online|offline|add|remove) ;;
*) die "unknown action $action";;
esac

# The kernel made it vifDOMID.HANDLE; a name of its own comes on top.
rename_dev() {
	[ -z "$name" ] && return 0
	kernel_name=vif$(be frontend-id).$handle
	if [ -e "/sys/class/net/$kernel_name" ] && [ "$kernel_name" != "$name" ]; then
		ip link set "$kernel_name" down || :
		ip link set "$kernel_name" name "$name"
	fi
	dev=$name
}

set_mtu() {
	local mtu front
	mtu=$(be mtu "${1:-}")
	[ -n "$mtu" ] || return 0
	ip link set "$dev" mtu "$mtu" || log "mtu $mtu refused"
	front=$(be frontend)
	[ -n "$front" ] && xs_write "$front/mtu" "$mtu"
	return 0
}

# A backend has no use for an address of its own: one that nobody takes for theirs.
setup_dev() {
	ip link set "$dev" down
	ip link set "$dev" arp off
	ip link set "$dev" multicast off
	ip link set "$dev" address fe:ff:ff:ff:ff:ff
	ip addr flush dev "$dev"
}

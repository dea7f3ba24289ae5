# SPDX-License-Identifier: MIT
#
# Sourced, in bash, by scripts of network devices. Bridges are the kernel's, by ip(8).
#   create_bridge BRIDGE
#   setup_virtual_bridge_port DEV   a backend's end, which has no addresses of its own
#   setup_physical_bridge_port DEV
#   add_to_bridge BRIDGE DEV        and up
#   remove_from_bridge BRIDGE DEV   and down; it may be gone with its backend
#   set_mtu BRIDGE DEV TYPE         the backend's "mtu", or the bridge's; of a TYPE "vif" the guest
#                                   is told
#   first_file TEST FILE...         prints the first FILE that is so (-f, -x, ...)

PROC_SYS=${PROC_SYS:-/proc/sys}

dev_exists() { ip link show dev "$1" >/dev/null 2>&1; }
dev_mtu() { ip link show dev "$1" | sed -n 's/.* mtu \([0-9]*\).*/\1/p'; }

create_bridge() {
	dev_exists "$1" && return
	ip link add name "$1" type bridge stp_state 0 forward_delay 0
}

setup_bridge_port() {
	ip link set dev "$1" down
	if [ "$2" = virtual ]; then
		ip link set dev "$1" arp off multicast off
		# one that nobody takes for theirs
		ip link set dev "$1" address fe:ff:ff:ff:ff:ff
	fi
	ip address flush dev "$1"
}
setup_virtual_bridge_port() { setup_bridge_port "$1" virtual; }
setup_physical_bridge_port() { setup_bridge_port "$1" physical; }

add_to_bridge() {
	ip link set dev "$2" master "$1"
	ip link set dev "$2" up
}

remove_from_bridge() {
	dev_exists "$2" || return 0
	do_without_error ip link set dev "$2" nomaster
	do_without_error ip link set dev "$2" down
}

set_mtu() {
	local mtu front
	mtu=$(be mtu)
	[ -n "$mtu" ] || [ -z "$1" ] || mtu=$(dev_mtu "$1")
	[ -n "$mtu" ] || return 0
	ip link set dev "$2" mtu "$mtu" || log warning "$2 takes no MTU of $mtu"
	[ "$3" = vif ] || return 0
	front=$(be frontend)
	[ -z "$front" ] || xenstore_write "$front/mtu" "$mtu"
}

# Before an interface's addresses go to a bridge: nothing that has to be done on Debian.
preiftransfer() { :; }

first_file() {
	local test=$1 file
	shift
	for file; do
		if test "$test" "$file"; then
			echo "$file"
			return
		fi
	done
}
find_dhcpd_conf_file() { first_file -f /etc/dhcp/dhcpd.conf /etc/dhcp3/dhcpd.conf /etc/dhcpd.conf; }
find_dhcpd_init_file() { first_file -x /etc/init.d/isc-dhcp-server /etc/init.d/dhcp3-server /etc/init.d/dhcpd; }
find_dhcpd_arg_file() { first_file -f /etc/default/isc-dhcp-server /etc/default/dhcp3-server /etc/sysconfig/dhcpd; }

# Where ifupdown is not, an interface that is up is all there can be done.
type ifup >/dev/null 2>&1 || ifup() { ip link set dev "$1" up; }
type ifdown >/dev/null 2>&1 || ifdown() { ip link set dev "$1" down; }

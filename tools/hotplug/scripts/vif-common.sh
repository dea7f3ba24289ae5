# SPDX-License-Identifier: MIT
#
# Sourced, in bash, by scripts of network devices, with the script's arguments
# "online|offline|add|remove [type_if=vif|tap]". Leaves
#   command   the action          type_if  vif: the backend's interface; tap: QEMU's
#   dev       the interface, under the name that the configuration gives it
#   vifname   that name, or empty; a tap's ends in -emu
#   ip        the guest's addresses
#   mac handle domid
# Functions:
#   handle_iptable     the guest's packets may pass the firewall between ports of bridges, and no
#                      others where "ip" is set; takes that back when the action is to disconnect
#   frob_iptable ARG.. one such rule, for packets of dev that iptables's ARGs describe
#   iptables_w ARG...  iptables, waiting for others who change the tables
#   ip_of DEV          prints the first IPv4 address
#   dom0_ip            that of netdev, or of the interface of the default route

. "${BASH_SOURCE[0]%/*}/xen-hotplug-common.sh"
. "$dir/xen-network-common.sh"

findCommand "$@"
type_if=vif
evalVariables "$@"
case ${command:-} in
online | offline | add | remove) ;;
*) fatal "unknown action ${command:-}" ;;
esac
case $type_if in
vif) dev=${vif:-} ;;
tap) dev=${INTERFACE:-${vif:-}} ;;
*) fatal "unknown type of interface $type_if" ;;
esac
[ -n "$dev" ] || fatal "the interface is not named"
handle=${XENBUS_PATH##*/}
domid=$(be frontend-id)
mac=$(be mac)
ip=$(be ip)
vifname=$(be vifname)
[ -z "$vifname" ] || [ $type_if != tap ] || vifname=${vifname%-emu}-emu

# The kernel calls a backend's vifDOMID.HANDLE. A name of its own may be there from an earlier try.
rename_vif() {
	local kernel_name=vif$domid.$handle
	[ $type_if != tap ] || kernel_name=$kernel_name-emu
	if dev_exists "$kernel_name" && [ "$kernel_name" != "$vifname" ]; then
		! dev_exists "$vifname" || fatal "$kernel_name cannot be called $vifname: there is one"
		do_without_error ip link set dev "$kernel_name" down
		do_or_die ip link set dev "$kernel_name" name "$vifname"
	fi
	dev=$vifname
}
if [ -n "$vifname" ]; then
	case $command in
	add | online) rename_vif ;;
	*) dev=$vifname ;;
	esac
fi

# With -w since 1.4.20.
iptables_w() {
	if iptables -w -n -L FORWARD >/dev/null 2>&1; then
		iptables -w "$@"
	else
		iptables "$@"
	fi
}

frob_iptable() {
	local change=-I rule
	case $command in remove | offline) change=-D ;; esac
	for rule in "--physdev-in $dev $*" "--physdev-out $dev"; do
		# shellcheck disable=SC2086
		iptables_w $change FORWARD -m physdev --physdev-is-bridged $rule -j ACCEPT 2>/dev/null ||
			[ $change = -D ] || log warning "iptables refuses $rule: the guest may be without network"
	done
}

# Matters only where the kernel shows a bridge's packets to iptables.
handle_iptable() {
	local address
	command -v iptables >/dev/null || return 0
	[ "$(cat "$PROC_SYS/net/bridge/bridge-nf-call-iptables" 2>/dev/null)" = 1 ] || return 0
	claim_lock iptables
	if [ -z "$ip" ]; then
		frob_iptable
	else
		for address in $ip; do
			case $address in *:*) ;; *) frob_iptable -s "$address" ;; esac
		done
		# to get an address
		frob_iptable -p udp --sport 68 --dport 67
	fi
	release_lock iptables
}

ip_of() { ip -4 -o addr show primary dev "$1" | awk '{ sub("/.*", "", $4); print $4; exit }'; }
default_dev() { ip -4 route show default | awk '{ for (i = 1; i < NF; i++) if ($i == "dev") { print $(i + 1); exit } }'; }
dom0_ip() {
	local of=${netdev:-} address
	[ -n "$of" ] || of=$(default_dev)
	address=${of:+$(ip_of "$of")}
	[ -n "$address" ] || fatal "${of:-the default route} has no IPv4 address: netdev= names an interface that has"
	echo "$address"
}

# SPDX-License-Identifier: MIT
# Sourced by the system tests, in dom0. A test ends at its first failure.
ok() { echo "ok - $*"; }

fail() {
    echo "not ok - $*"
    for f in /var/log/xen/xl-*.log /var/log/xen/console/guest-*.log; do
        [ -s "$f" ] && { echo "--- $f"; tail -n 30 "$f"; }
    done
    echo "--- xl dmesg"
    xl dmesg | tail -n 30
    exit 1
}

# check WHAT COMMAND...: it must succeed. refute: it must fail.
check() {
    what=$1
    shift
    "$@" >/tmp/check.out 2>&1 || { cat /tmp/check.out; fail "$what: $*"; }
    ok "$what"
}
refute() {
    what=$1
    shift
    "$@" >/tmp/check.out 2>&1 && { cat /tmp/check.out; fail "$what: $* succeeded"; }
    ok "$what"
}
same() { [ "$2" = "$3" ] || fail "$1: got '$2', wanted '$3'"; ok "$1"; }

wait_for() { # SECONDS COMMAND...
    read -r t _ </proc/uptime
    t_end=$((${t%.*} + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        read -r t _ </proc/uptime
        [ "${t%.*}" -gt "$t_end" ] && return 1
        usleep 200000
    done
}

console() { echo "/var/log/xen/console/guest-$1.log"; }
said() { tail -c +$(($2 + 1)) "$(console "$1")" 2>/dev/null | grep -q -- "$3"; }

# guest_config NAME [LINE...]: write /tmp/NAME.cfg. COMMANDS run in the guest before "ready".
guest_config() {
    name=$1
    shift
    mkdir -p /tmp/gi
    echo "${COMMANDS:-:}" >/tmp/gi/commands
    cp /guest/initrd "/tmp/$name.initrd"
    (cd /tmp/gi && echo commands | cpio -o -H newc 2>/dev/null) >>"/tmp/$name.initrd"
    {
        echo "name='$name'"
        [ "$(uname -m)" = aarch64 ] || echo "type='pv'"
        echo "memory=128"
        echo "vcpus=1"
        echo "kernel='/guest/vmlinuz'"
        echo "ramdisk='/tmp/$name.initrd'"
        echo "cmdline='console=hvc0 quiet'"
        echo "on_crash='preserve'"
        for l; do echo "$l"; done
    } >"/tmp/$name.cfg"
}

# guest_up NAME: create it and wait for its user space.
guest_up() {
    rm -f "$(console "$1")"
    xl create "/tmp/$1.cfg" >/tmp/create.out 2>&1 || { cat /tmp/create.out; fail "xl create $1"; }
    wait_for 240 said "$1" 0 'guest: ready' || fail "guest $1 does not come up"
    ok "guest $1 is up"
}

guest_type() { echo "$2" >"$(xenstore-read "/local/domain/$(xl domid "$1")/console/tty")"; }
# guest_says NAME COMMAND PATTERN SECONDS: type a command, wait for what it prints.
guest_says() {
    from=$(wc -c <"$(console "$1")")
    guest_type "$1" "$2"
    wait_for "$4" said "$1" "$from" "$3"
}
state() { xl list "$1" 2>/dev/null | awk 'NR == 2 { print $5 }'; }
gone() { ! xl domid "$1" >/dev/null 2>&1; }
free_memory() { xl info | awk '/^free_memory/ { print $3 }'; }

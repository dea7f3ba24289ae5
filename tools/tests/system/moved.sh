# SPDX-License-Identifier: MIT
# Sourced by the tests in which a guest is saved or moved: $guest counts, and keeps a file in its memory.
COMMANDS='dd if=/dev/urandom of=/tmp/f bs=64k count=64 2>/dev/null
md5sum </tmp/f >/tmp/s
(i=0; while :; do i=$((i + 1)); echo $i >/tmp/c; mv /tmp/c /tmp/count; usleep 20000; done) &'

# Of a domain that came by migration the log has the name it had then.
console() {
    f=/var/log/xen/console/guest-$1
    if [ -e "$f--incoming.log" ]; then echo "$f--incoming.log"; else echo "$f.log"; fi
}
alone() { ! xl list | awk 'NR > 1 && $2 != 0' | grep -q .; }
counts() {
    guest_says "$guest" 'a=$(cat /tmp/count); sleep 1; b=$(cat /tmp/count); [ "$b" -gt "$a" ] && echo runs=$((1 + 1))' \
        runs=2 60 || fail "its counter stands still $1"
    ok "its counter goes on $1"
}
unchanged() {
    guest_says "$guest" 'md5sum </tmp/f | cmp - /tmp/s && echo same=$((1 + 1))' same=2 60 ||
        fail "its memory is not as it was $1"
    ok "its memory is as it was $1"
}

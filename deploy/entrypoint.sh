#!/bin/sh
# Runs a command for a supervisor that restarts whatever fails (`restart: on-failure`).
#
# Exit 2 is a mistake in how we were started: its message is printed, no restart mends it, so it
# ends here as 0. Every other status is passed on. So are TERM and INT, since a shell as the first
# process of a container would keep them to itself.
child= asked=
stop() {
    asked=yes
    [ -z "$child" ] || kill -TERM "$child" 2>/dev/null
}
trap stop TERM INT
"$@" &
child=$!
# Asked between the command's beginning and the line above.
[ -z "$asked" ] || stop

# A signal interrupts the wait; the status that counts is the one after the child has gone.
while :; do
    wait "$child"
    status=$?
    kill -0 "$child" 2>/dev/null || break
done

[ "$status" -eq 2 ] && exit 0
exit "$status"

#!/bin/sh
# A Python that does in a moment what ./run asks of a real one: makes an environment that is a copy
# of itself, "installs", and prints what it was started with. FAKE_* say what is to go wrong.
echo "$*" | head -n 1 >>"$FAKE_LOG"
case "$*" in
    -V) echo "Python ${FAKE_VERSION:-3.12.0}" ;;
    *_base_executable*)
        # Too old is what a real one says with its exit status.
        [ -z "${FAKE_VERSION-}" ] || exit 1
        echo "$0"
        ;;
    *ensurepip*) [ -z "${FAKE_NO_ENSUREPIP-}" ] ;;
    "-m venv "*)
        mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
        ;;
    "-m pip "*--require-hashes*)
        echo "Collecting something"
        [ -z "${FAKE_PIP_GATE-}" ] || cat "$FAKE_PIP_GATE"
        [ -z "${FAKE_PIP_SAYS-}" ] || { echo "$FAKE_PIP_SAYS"; exit 1; }
        ;;
    "-m pip "*) ;;
    -) exec "$REAL_PYTHON" - ;;
    *)
        echo "started in $(pwd) with:"
        printf '<%s>\n' "$@"
        ;;
esac

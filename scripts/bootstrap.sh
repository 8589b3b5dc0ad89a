# Sourced by the scripts beside it: finds Python, makes .venv and installs one lock file into it.
# Needs nothing but a POSIX shell and Python 3.11 or later.

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
cd -- "$root" || exit 1
venv_python=$root/.venv/bin/python

# Who wants no compiled files beside the sources has them in .venv. Entirely without, each of our
# processes would compile all it imports again: half of its start.
if [ -n "${PYTHONDONTWRITEBYTECODE:-}" ]; then
    unset PYTHONDONTWRITEBYTECODE
    export PYTHONPYCACHEPREFIX="${PYTHONPYCACHEPREFIX:-$root/.venv/bytecode}"
fi

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

new_enough() {
    "$@" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for python in python3 python3.11 python3.12 python3.13 python3.14 python; do
        new_enough "$python" && return
    done
    fail "Python 3.11 or later was not found. Install it (Debian: sudo apt install python3 python3-venv) and run this again."
}

# For what needs no package: the project's own Python, or else the system's.
any_python() {
    python=$venv_python
    new_enough "$python" || find_python
}

# A virtual environment needs no pip of its own (4 s) when uv or the system's pip can fill it.
make_venv() {
    find_python
    log=$(mktemp) || fail "No temporary file can be made: free some space in ${TMPDIR:-/tmp} and run this again."
    if command -v uv >/dev/null 2>&1 && uv venv -q --clear --python "$python" .venv >"$log" 2>&1; then
        :
    elif "$python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --clear --without-pip .venv >"$log" 2>&1
    elif "$python" -c 'import ensurepip' >/dev/null 2>&1; then
        "$python" -m venv --clear .venv >"$log" 2>&1
    else
        rm -f "$log"
        fail "This Python cannot make virtual environments. Install the missing part (Debian: sudo apt install python3-venv) or uv, and run this again."
    fi
    if ! new_enough "$venv_python"; then
        reason=$(tail -n 1 "$log")
        rm -f "$log"
        fail "The folder .venv could not be made in $root: $reason"
    fi
    rm -f "$log"
}

with_uv() {
    command -v uv >/dev/null 2>&1 &&
        uv pip install -q --python "$venv_python" --require-hashes -r "$1"
}

# The lock names every package, so nothing is left to resolve. Modules are compiled when first
# imported: compiling all of them now would take twice as long.
with_pip() {
    if "$venv_python" -m pip --version >/dev/null 2>&1; then
        "$venv_python" -m pip install -q --disable-pip-version-check --no-compile --no-deps --require-hashes -r "$1"
    else
        find_python
        "$python" -m pip --python "$venv_python" install -q --disable-pip-version-check \
            --no-compile --no-deps --require-hashes -r "$1"
    fi
}

why_not_installed() {
    if grep -qiE 'no space left' "$1"; then
        echo "the disk is full; free about 1 GB"
    elif grep -qiE 'hash' "$1" && grep -qiE 'mismatch|do not match' "$1"; then
        echo "a downloaded package is not the one that was locked; do not use it, and report it"
    elif grep -qiE 'resolve|connect|network|timed out|temporary failure|error sending request|no matching distribution' "$1"; then
        echo "the package index cannot be reached; check the network (or the mirror in PIP_INDEX_URL / UV_DEFAULT_INDEX)"
    else
        grep -v '^$' "$1" | tail -n 1
    fi
}

# bootstrap LOCK: afterwards .venv holds what LOCK names. A copy of the lock in .venv is the proof.
bootstrap() {
    proof=.venv/installed-$1
    if new_enough "$venv_python" && cmp -s "$1" "$proof"; then
        return
    fi
    [ -w . ] || fail "The folder $root cannot be written to. Give yourself the right to write there, or copy the project elsewhere."
    new_enough "$venv_python" || make_venv
    echo "Installing packages (once) …" >&2 # standard output is the command's own
    log=.venv/install.log
    if with_uv "$1" >"$log" 2>&1 || with_pip "$1" >>"$log" 2>&1; then
        cp "$1" "$proof" || fail "$proof cannot be written: free some space and run this again."
    else
        fail "The packages could not be installed: $(why_not_installed "$log"), then run this again. Details: .venv/install.log"
    fi
}

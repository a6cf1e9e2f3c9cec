#!/bin/sh
# Fill a virtual environment from a lock file, hashes checked, and put paidan itself into it.
#   requirements/install.sh VENV LOCK        UV= for pip alone
# uv reads neither pip's files nor PIP_* variables, so what pip knows about indexes is handed on to it here.
set -eu
venv=$1
lock=$2
bin=$venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK=1

known_to_pip() { # known_to_pip NAME: from the environment, else from pip's own files
    upper=$(printf '%s' "$1" | tr 'a-z-' 'A-Z_')
    value=$(printenv "PIP_$upper" || true)
    [ -n "$value" ] || value=$("$bin/pip" config get "global.$1" 2>/dev/null || true)
    printf '%s' "$value" | tr '\n' ' ' | sed 's/ *$//'
}

hand_on() { # hand_on UV_NAME pip-name: unless the user has told uv himself
    if [ -z "$(printenv "$1" || true)" ]; then
        value=$(known_to_pip "$2")
        [ "$1" != UV_FIND_LINKS ] || value=$(printf '%s' "$value" | tr ' ' ',')
        [ -z "$value" ] || export "$1=$value"
    fi
}

with_uv() {
    [ -n "${UV-yes}" ] || return 1
    if ! "$bin/pip" install -q --require-hashes -r requirements/uv.txt; then
        echo "uv could not be installed here; going on with pip" >&2
        return 1
    fi
    hand_on UV_DEFAULT_INDEX index-url
    hand_on UV_INDEX extra-index-url
    hand_on UV_FIND_LINKS find-links
    hand_on UV_NO_INDEX no-index
    hand_on UV_INSECURE_HOST trusted-host
    hand_on SSL_CERT_FILE cert
    # Several places may offer one name (a mirror beside the first index): the hashes decide, not the order.
    export UV_INDEX_STRATEGY="${UV_INDEX_STRATEGY:-unsafe-best-match}"
    export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-120}"
    if ! "$bin/uv" pip install -q --compile-bytecode --python "$bin/python" --require-hashes -r "$lock"; then
        echo "uv could not install $lock; going on with pip" >&2
        return 1
    fi
    "$bin/uv" pip install -q --python "$bin/python" --no-deps --no-build-isolation -e .
}

with_pip() {
    "$bin/pip" install -q --require-hashes -r "$lock"
    "$bin/pip" install -q --no-deps --no-build-isolation -e .
}

with_uv || with_pip

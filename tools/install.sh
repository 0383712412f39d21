#!/bin/sh
# Install the package and the packages it needs into a virtual environment, in the versions of uv.lock.
#
#   tools/install.sh PYTHON VENV [EXTRA...]
#
# uv is quick and checks every file against the lock. Where uv cannot be had or cannot reach the index that the lock
# names (a mirror that only pip knows, for example), pip installs the same versions from constraints.txt.
set -eu

python=$1
venv=$2
shift 2
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$here"

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "sclerograph needs Python 3.11 or later as '$python'; name another with: make PYTHON=python3.12 ..." >&2
    exit 2
fi
if [ ! -x "$venv/bin/python" ]; then
    "$python" -m venv "$venv"
fi

uv_extras=
pip_extras=
for extra in "$@"; do
    uv_extras="$uv_extras --extra $extra"
    pip_extras="$pip_extras${pip_extras:+,}$extra"
done

# VIRTUAL_ENV would make uv complain when another environment is active; --inexact keeps pip, uv and other extras.
# shellcheck disable=SC2086 # the extras are words
if "$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'uv>=0.5' 2>/dev/null &&
    env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT="$venv" UV_PYTHON_DOWNLOADS=never \
        "$venv/bin/uv" sync --quiet --frozen --inexact --python "$venv/bin/python" $uv_extras; then
    exit 0
fi
echo "uv could not install the locked versions; pip tries the same versions" >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".${pip_extras:+[$pip_extras]}"

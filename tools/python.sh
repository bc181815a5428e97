#!/bin/sh
# Print the first Python that is new enough and can make virtual environments; otherwise say in one sentence what is needed.
# Each candidate is run, not just looked up: a version manager's shim can exist and still fail.
newest=
for candidate in python3.13 python3.14 python3.12 python3 python; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        echo "$candidate"
        exit 0
    fi
    found=$("$candidate" -c 'import platform; print(platform.python_version())' 2>/dev/null) && newest=${newest:-$found}
done
echo "This project needs Python 3.12 or newer with its venv module; found here: ${newest:-no Python that runs}." >&2
exit 1

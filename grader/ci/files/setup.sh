#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image of the autograder. Its output ends with what is protected there.
set -euo pipefail
root="${AUTOGRADER:-/autograder}"
export DEBIAN_FRONTEND=noninteractive PIP_BREAK_SYSTEM_PACKAGES=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore

# An image whose Python is older than 3.11 gets one of its own.
if ! python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  apt-get update -qq
  apt-get install -y -qq python3.11 python3.11-venv
  python3.11 -m venv "$root/python"
  PATH="$root/python/bin:$PATH"
fi
if ! command -v pip >/dev/null; then
  apt-get update -qq
  apt-get install -y -qq python3-pip
fi

# torch first, so that another build of it can be chosen: pip's own variables, such as PIP_INDEX_URL, say from where.
pip install torch@INDEX@
pip install "$root"/source/backprop_grader-*.whl
grade doctor

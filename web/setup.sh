#!/bin/sh
# Copies React and its types from Debian's packages into node_modules, where esbuild and deno look.
# Copied, not linked: deno would follow the links and check the type files as if they were ours.
set -eu
cd "$(dirname "$0")"
from=/usr/share/nodejs
for package in react react-dom scheduler csstype loose-envify object-assign js-tokens \
    @types/react @types/react-dom @types/scheduler @types/prop-types; do
  [ -d "$from/$package" ] || { echo "setup.sh: $from/$package is missing: apt-get install node-react node-react-dom node-csstype node-prop-types" >&2; exit 1; }
  rm -rf "node_modules/$package"
  mkdir -p "$(dirname "node_modules/$package")"
  cp -rL "$from/$package" "node_modules/$package"
done

#!/usr/bin/env bash
# sphinxcontrib-katex 0.9.11 with Sphinx 9.0.4 and Node.js. With katex_prerender, formulas are drawn by a server, a process
# of Node.js, which ends with Sphinx. Where Sphinx writes pages in several processes (-j 2), each of them starts a server,
# and these are still there when Sphinx has ended. They also keep its output open: a program that runs Sphinx and reads
# its output to the end, as Python's subprocess.run(..., capture_output=True) does, waits for ever.
#
# Seen on 2026-11-30:
#   -j 1: 0 servers are left
#   -j 2: 2 servers are left
set -euo pipefail
folder=$(mktemp -d)
trap 'pkill -f "$folder/venv/.*katex-server.js" || true; rm -rf "$folder"' EXIT
command -v node >/dev/null || { echo "Node.js is missing."; exit 2; }
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "sphinx==9.0.4" "sphinxcontrib-katex==0.9.11" "docutils==0.22.4"
mkdir "$folder/source"
printf 'extensions = ["sphinxcontrib.katex"]\nkatex_prerender = True\nhtml_theme = "basic"\n' >"$folder/source/conf.py"
{ printf 'Index\n=====\n\n.. toctree::\n\n'; for i in $(seq 12); do echo "   page$i"; done; } >"$folder/source/index.rst"
for i in $(seq 12); do printf 'Page\n====\n\n.. math:: x^%s\n' "$i" >"$folder/source/page$i.rst"; done
for jobs in 1 2; do
    "$folder/venv/bin/sphinx-build" -q -j "$jobs" "$folder/source" "$folder/made$jobs" >"$folder/log$jobs" 2>&1
    left[jobs]=$(pgrep -fc "$folder/venv/.*katex-server.js" || true)
    echo "-j $jobs: ${left[jobs]} servers are left"
done
[ "${left[1]}" = 0 ] && [ "${left[2]}" -gt 0 ]

#!/usr/bin/env bash
# nbgrader 0.9.6. How `nbgrader db assignment add --duedate` reads the zone of a date: a summer time's abbreviation is
# taken for UTC, an offset of four digits for seconds, an offset with a colon is dropped. A zone's own name is read
# rightly. Whoever types a deadline with its offset sets another one, without a word. (In this project `autograder
# deadline` reads ISO dates and zones' names, and says back what it has understood.)
#
# Seen on 2026-11-28:
#   2026-09-01 12:00:00 America/New_York  2026-09-01 16:00:00
#   2026-09-01 12:00:00 EST               2026-09-01 17:00:00
#   2026-09-01 12:00:00 EDT               2026-09-01 12:00:00
#   2026-09-01 12:00:00 +0200             2026-09-01 11:56:40
#   2026-09-01 12:00:00 +02:00            2026-09-01 12:00:00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "nbgrader==0.9.6" "sqlalchemy==2.1.9"
export PATH="$folder/venv/bin:$PATH"
mkdir "$folder/course"
cd "$folder/course"
echo 'c = get_config(); c.CourseDirectory.course_id = "c"' > nbgrader_config.py
expected=(
    "America/New_York|2026-09-01 16:00:00" "EST|2026-09-01 17:00:00" "EDT|2026-09-01 12:00:00"
    "+0200|2026-09-01 11:56:40" "+02:00|2026-09-01 12:00:00"
)
code=0
for pair in "${expected[@]}"; do
    typed="2026-09-01 12:00:00 ${pair%%|*}"
    nbgrader db assignment add a --duedate "$typed" 2>/dev/null
    read_as=$(python -c "
import sqlite3
print(sqlite3.connect('gradebook.db').execute('select duedate from assignment').fetchone()[0][:19])")
    printf '%-38s%s\n' "$typed" "$read_as"
    [ "$read_as" = "${pair##*|}" ] || code=1
done
exit $code

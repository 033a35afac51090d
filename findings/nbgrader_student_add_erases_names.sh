#!/usr/bin/env bash
# nbgrader 0.9.6. "add" for a student who exists is an update of every field: those that are not given become None.
# "import" of a CSV file with the columns id and lms_user_id alone keeps them.
#
# Seen on 2026-11-28:
#   after add with names:  ('Ada', 'Byron', 'a@example.org', None)
#   after import of an id: ('Ada', 'Byron', 'a@example.org', '7')
#   after add of an id:    (None, None, None, '7')
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "nbgrader==0.9.6" "sqlalchemy==2.1.9"
export PATH="$folder/venv/bin:$PATH"
mkdir "$folder/course"
cd "$folder/course"
echo 'c = get_config(); c.CourseDirectory.course_id = "c"' > nbgrader_config.py
fields() { python -c "
import sqlite3
print(sqlite3.connect('gradebook.db').execute('select first_name, last_name, email, lms_user_id from student').fetchone())"; }
nbgrader db student add a --first-name Ada --last-name Byron --email a@example.org 2>/dev/null
added=$(fields); echo "after add with names:  $added"
printf 'id,lms_user_id\na,7\n' > ids.csv
nbgrader db student import ids.csv 2>/dev/null
imported=$(fields); echo "after import of an id: $imported"
nbgrader db student add a --lms-user-id 7 2>/dev/null
again=$(fields); echo "after add of an id:    $again"
[ "$imported" = "('Ada', 'Byron', 'a@example.org', '7')" ] && [ "$again" = "(None, None, None, '7')" ]

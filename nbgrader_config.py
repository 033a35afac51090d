"""Settings of nbgrader for this course, each with its reason.

Read by the command `nbgrader`, by formgrader and the other parts of nbgrader in JupyterLab, and by `autograder`. The
folder that holds this file, or a link to it, is the root of the course. Environment variables:

COURSE_EXCHANGE  the folder through which assignments and submissions pass (default: exchange/ in the root)
COURSE_SANDBOX   the sandbox of students' code: bubblewrap, landlock or none (default: the strongest that this machine
                 allows; see docs/autograder.md). `autograder grade --sandbox` goes before it.
"""

import contextlib
import importlib.util
import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 # pyright: ignore[reportUndefinedVariable] - traitlets puts it here

# Not resolved: where this file is a link, the course is the folder of the link.
root = Path(os.path.abspath(__file__)).parent  # noqa: PTH100

# Whoever starts JupyterLab or nbgrader elsewhere still works on this course.
c.CourseDirectory.root = str(root)

# nbgrader starts `alembic` to make a gradebook and looks for it in PATH, where it is only if the environment is active.
programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
if programs not in path.split(os.pathsep):
    os.environ["PATH"] = programs + os.pathsep + path

# The exchange keeps one folder a course, and students name the course when they fetch and submit.
c.CourseDirectory.course_id = "deep-learning"

# What is never copied to students or back: nbgrader's own list, and code and text. A copy of a master as .py or .md
# would carry its solutions.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback",
    ".*", "*.py", "*.md", "*.html", "*.db", "*.bak", "*.orig",
]  # fmt: skip

# Megabytes of pictures or data in a submission are a mistake; both limits are in kilobytes.
c.CourseDirectory.max_file_size = 20_000
c.CourseDirectory.max_dir_size = 50_000

# SQLite in the course folder is right for one computer. A gradebook that several computers write into wants a server's
# database, for SQLite's locks do not hold on a network's file system. Where it is belongs to the course and not to a
# shell, so that cron and a second instructor find the same one: `autograder gradebook postgresql://USER@HOST/NAME`
# writes the address, without a password, into gradebook.url, which goes into git.
address = f"sqlite:///{root / 'gradebook.db'}"
if (root / "gradebook.url").is_file():
    address = (root / "gradebook.url").read_text(encoding="utf-8").strip()
if os.environ.get("COURSE_DB_URL", "") not in ("", address):
    sys.exit(
        "error: COURSE_DB_URL is not where this course has its gradebook; unset it, or change the course with "
        "`autograder gradebook ADDRESS`."
    )
c.CourseDirectory.db_url = address

# A shared machine names a shared folder, which must exist: a misspelt one is not to swallow submissions. The default
# is made here, with the permissions that `nbgrader release_assignment` would give it, so that the list of assignments
# in JupyterLab is empty at first and not broken.
c.Exchange.root = os.environ.get("COURSE_EXCHANGE", str(root / "exchange"))
if "COURSE_EXCHANGE" not in os.environ:
    with contextlib.suppress(OSError):
        (root / "exchange").mkdir()
        (root / "exchange").chmod(0o777)

# Students work in release/NN_topic/ and hand in that folder, however it came there: with the kit, by git, or fetched.
# So there is one copy to work in, and links to ../../notebooks/ lead to the lectures from it.
c.Exchange.assignment_dir = str(root / "release")

# Before it hands in, nbgrader asks if no answer is written or if another copy has more. A server whose environment has
# nbgrader and not the course still finds the course here.
if (root / "course_utils").is_dir() and str(root) not in sys.path:
    sys.path.append(str(root))
if importlib.util.find_spec("course_utils"):
    c.ExchangeFactory.submit = "course_utils.student.exchange.CourseSubmit"
    c.ExchangeFactory.list = "course_utils.student.exchange.CourseList"

# One stub for all exercises; the checks know its words and say "not implemented yet".
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("Replace this line with your answer.")'}

# nbgrader's own steps of a release, and before them one that leaves out the explanations of the solutions. A name, and
# not an import: students have this file too, and not the autograder.
c.GenerateAssignment.preprocessors = [
    "autograder.nbgrader_plugins.LeaveOutExplanations",
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Limits of grading, such as
#     c.Grading.call_cpu_seconds = 30
# Names, values and reasons are in autograder/settings.py; `autograder doctor` shows those that are in force.

# What `autograder watch` shows to students before the due date, how often it grades, and which attempt counts, such as
#     c.Watch.attempts_per_hour = 6
# Names, values and reasons are in autograder/watching/policy.py and docs/watch.md; `autograder status` shows those that
# are in force.

# Seconds per cell when students press Validate, and where nbgrader itself runs a notebook. Grading has the limits
# above.
c.Execute.timeout = 60
c.Execute.interrupt_on_timeout = True

# nbgrader gives no points to a cell that wrote anything to stderr. Here a check says no by raising and by nothing else,
# so a warning of NumPy or a notice of torch's native code must not cost a right answer its points. Warnings are off,
# also for the button Validate, which knows no patterns; the rest of stderr is dropped before the grade is taken.
c.Execute.extra_arguments = [
    "--IPKernelApp.exec_lines=import warnings; warnings.simplefilter('ignore')",
    "--log-level=ERROR",  # a kernel would say each time that it listens on this machine's own network
]
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"\A"

# A check cell that a student deleted comes back and is graded; otherwise its points stay undecided.
c.OverwriteCells.add_missing_cells = True

# Enough to see what happened, not enough for an endless loop that prints to fill the disk.
c.LimitOutput.max_lines = 200
c.LimitOutput.max_traceback = 50

# `nbgrader autograde` and formgrader's button grade with this project's engine: the student's code runs apart from the
# tests, in a sandbox. nbgrader's own steps then take the scores off the notebook and write them into the gradebook.
c.Autograde.sanitize_preprocessors = ["autograder.nbgrader_plugins.GradeApart"]
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.SaveAutoGrades",
    "autograder.nbgrader_plugins.LeaveOpen",
    "nbgrader.preprocessors.AssignLatePenalties",
]

# What being late costs is in deadlines.toml (`autograder deadline`). A name, and not an import: students have this file
# too, and not the autograder.
c.AssignLatePenalties.plugin_class = "autograder.nbgrader_plugins.LatePolicy"

# nbgrader's own exporter writes 0.0 for what could not be graded. This one writes a status, and no score. A name, and
# not an import: students have this file too, and not the autograder.
c.ExportApp.plugin_class = "autograder.nbgrader_plugins.CsvWithStatus"

# A page of feedback that a student can learn from: the score, what was wrong, the hint, and no hidden test. What leads
# there is part of it, so no other steps are asked for. A name, not an import: students have this file too, and not the
# autograder.
c.GenerateFeedback.exporter_class = "autograder.nbgrader_plugins.FeedbackExporter"
c.GenerateFeedback.preprocessors = []

# Only where the autograder is installed: students have this file too, and JupyterLab loads these classes for them.
if importlib.util.find_spec("autograder"):
    # A link that a student leaves in the exchange would be collected as what it leads to. This refuses and names it.
    c.ExchangeFactory.collect = "autograder.nbgrader_plugins.Collect"
    # One submission that did not come through the exchange must not keep the others' pages back.
    c.ExchangeFactory.release_feedback = "autograder.nbgrader_plugins.ReleaseFeedback"
    # formgrader shows what students handed in, and may do all that the instructor may. So it shows text, tables,
    # formulas and pictures, and nothing that acts: no script, no form, no link. Ids of headings are off: they could be
    # those of formgrader's own fields.
    c.HTMLExporter.preprocessors = ["autograder.nbgrader_plugins.Sanitize"]
    c.HTMLExporter.exclude_anchor_links = True
    # nbconvert's own takes minutes for thousands of blank lines, and formgrader waits.
    c.HTMLExporter.filters = {"highlight_code": "autograder.feedback.highlight.for_formgrader"}

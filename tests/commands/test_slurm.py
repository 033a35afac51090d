"""Grading in tasks of a real Slurm, of two nodes, with accounts and without, and JupyterLab on a node."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import slurm_here
from support.slurm_here import Slurm
from support.small_class import RIGHT, WRONG, hand_in, results
from support.small_class import grade as grade_here
from support.tiny_course import DOUBLE_CHECK, NAME, REPOSITORY, make_course, master, write
from support.tiny_course import command as run

from autograder.engine.isolation import strongest_level
from autograder.errors import CourseError
from autograder.gradebook.nbgrader_course import Course
from autograder.grading.slurm import NEVER

pytestmark = []
if slurm_here.MISSING:
    pytestmark.append(pytest.mark.skip(reason=f"Slurm is not installed: no {', '.join(slurm_here.MISSING)}"))
try:
    strongest_level()
except CourseError as error:
    pytestmark.append(pytest.mark.skip(reason=str(error)))

SLOW = "import time\ntime.sleep(0.7)\n" + RIGHT
OF_OURS = ("seconds", "cpu_seconds", "worker_cpu_seconds")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Slurm]:
    """The Slurm that runs for these tests."""
    with slurm_here.slurm(tmp_path_factory.mktemp("slurm")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def slurm(cluster) -> dict[str, str]:
    """The environment in which commands find it."""
    return cluster.environment


@pytest.fixture(scope="module")
def accounts(tmp_path_factory) -> Iterator[Slurm]:
    """Another one, with accounts: `course`; `theirs`, which is not ours; `closed`, which takes no tasks."""
    if slurm_here.MISSING_FOR_ACCOUNTS:
        pytest.skip(f"Slurm's accounts are not installed: no {', '.join(slurm_here.MISSING_FOR_ACCOUNTS)}")
    with slurm_here.slurm(tmp_path_factory.mktemp("accounts"), accounts=True) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> Path:
    """A course whose gradebook knows its assignment."""
    root = make_course(tmp_path_factory.mktemp("generated") / "course")
    done = run(root, "generate")
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def course(generated, tmp_path) -> Path:
    return Path(shutil.copytree(generated, tmp_path / "course"))


# As `python -m autograder.cli`, but nobody else asks this queue.
QUICK = (
    "from autograder import cli; from autograder.grading import slurm; "
    "slurm.FIRST_PAUSE = slurm.LONGEST_PAUSE = 0.2; cli.main()"
)


def command(*options: str) -> list[str]:
    return [sys.executable, "-c", QUICK, "grade", NAME, "--executor", "slurm", "-j", "1", *options]


def grade(root: Path, environment: dict[str, str], *options: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        command(*options), cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def start(root: Path, environment: dict[str, str], *options: str) -> subprocess.Popen:
    return subprocess.Popen(
        command(*options), cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def spooled(root: Path) -> list[Path]:
    """What the tasks of a run that is not over have left."""
    return sorted((root / ".results" / ".slurm" / NAME / ".results" / NAME).glob("*.json"))


def job_of(root: Path) -> str:
    """The array that a run waits for."""
    return json.loads((root / ".results" / ".slurm" / NAME / "jobs.json").read_text())["jobs"][0].split("_")[0]


def wait_for(is_so, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def page_of(root: Path, student: str) -> Path:
    return root / "autograded" / student / NAME / f"{NAME}.ipynb"


def done_at(root: Path) -> dict[str, int]:
    """When tasks have done what they have done, by student."""
    return {path.stem: page_of(root, path.stem).stat().st_mtime_ns for path in spooled(root)}


def assert_one_sentence(code: int, wrong: str, words: str) -> None:
    assert code == 1 and len(wrong.splitlines()) == 1, wrong
    assert wrong.startswith("error: ") and words in wrong and "--resume" in wrong


@contextlib.contextmanager
def limited(cluster: Slurm, limit: str, minutes: int) -> Iterator[None]:
    """Give the account of the course so many minutes of a CPU, and take the limit away at the end."""
    change = ["sacctmgr", "-i", "modify", "account", "course", "set"]
    assert "Modified" in cluster.ask(*change, f"{limit}=cpu={minutes}")
    try:
        yield
    finally:
        cluster.ask(*change, f"{limit}=cpu=-1")


def comparable(root: Path) -> dict[str, dict]:
    return {name: {k: v for k, v in about.items() if k not in OF_OURS} for name, about in results(root).items()}


def rows(root: Path) -> dict[str, float]:
    with Course(root).gradebook() as gradebook:
        found = gradebook.assignment_submissions(NAME)
        assert len(found) == len({row.student.id for row in found})
        return {row.student.id: float(row.score or 0.0) for row in found}


def test_a_class_graded_on_slurm_has_the_results_that_it_has_here(course, tmp_path, slurm):
    here = course
    for number in range(5):
        hand_in(here, f"s{number}", WRONG if number % 2 else RIGHT)
    hand_in(here, "willow", b"{")
    shutil.copytree(here, tmp_path / "there")
    grade_here(here)
    shutil.copy(here / ".course_secret", tmp_path / "there")
    done = grade(tmp_path / "there", slurm, "--array-size", "2")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert re.search(r"tasks: \d pending", done.stdout) and "6 submissions in" in done.stdout
    assert comparable(tmp_path / "there") == comparable(here) and len(results(here)) == 6
    assert rows(tmp_path / "there") == rows(here) == {"s0": 1, "s1": 0, "s2": 1, "s3": 0, "s4": 1}
    pages = lambda root: sorted(path.relative_to(root) for path in (root / "autograded").rglob("*.ipynb"))
    assert pages(tmp_path / "there") == pages(here) and len(pages(here)) == 5
    assert not (tmp_path / "there" / ".results" / ".slurm" / NAME).exists()


def test_what_a_killed_task_leaves_undone_is_graded_by_another_and_nothing_twice(course, cluster, slurm):
    for number in range(6):
        hand_in(course, f"s{number}", SLOW)
    process = start(course, slurm, "--array-size", "2")
    wait_for(lambda: any(path.stem in ("s0", "s2", "s4") for path in spooled(course)))
    killed = job_of(course)
    cluster.ask("scancel", f"{killed}_0")
    pages = [course / "autograded" / path.stem / NAME / f"{NAME}.ipynb" for path in spooled(course)]
    before = [page.stat().st_mtime_ns for page in pages]
    assert len(before) < 6
    wait_for(lambda: process.poll() is not None or job_of(course) != killed)
    assert process.poll() is None, "the task was not submitted again"
    printed, wrong = process.communicate(timeout=60)
    assert (process.returncode, wrong) == (0, ""), printed + wrong
    assert [page.stat().st_mtime_ns for page in pages] == before, "what was done was graded again"
    assert "6 submissions in" in printed and {about["status"] for about in results(course).values()} == {"graded"}
    assert rows(course) == {f"s{number}": 1 for number in range(6)}


def test_tasks_whose_node_goes_away_or_is_taken_by_others_go_on_and_grade_nothing_twice(course, cluster, slurm):
    for number in range(10):
        hand_in(course, f"s{number}", SLOW)
    process = start(course, slurm, "--partition", "both", "--array-size", "2")
    wait_for(lambda: {int(student[1:]) % 2 for student in done_at(course)} == {0, 1})
    job = job_of(course)
    nodes = cluster.ask("squeue", "--noheader", "--array", f"--jobs={job}", "--format=%N").split()
    cluster.lose_node(slurm_here.OTHER)
    taken = ["--partition=urgent", f"--nodelist={slurm_here.HOST}", "--exclusive", "--time=1"]
    cluster.ask("sbatch", *taken, "--output=/dev/null", "--wrap=true")
    cluster.start_node(slurm_here.OTHER)
    before = done_at(course)
    assert sorted(nodes) == sorted([slurm_here.HOST, slurm_here.OTHER]) and len(before) < 10
    printed, wrong = process.communicate(timeout=60)
    assert (process.returncode, wrong) == (0, ""), printed + wrong
    assert cluster.ask("scontrol", "show", "job", job).count("Restarts=1") == 2, "Slurm itself starts them again"
    assert before == {student: page_of(course, student).stat().st_mtime_ns for student in before}
    assert "10 submissions in" in printed and {about["status"] for about in results(course).values()} == {"graded"}
    assert rows(course) == {f"s{number}": 1 for number in range(10)}


@pytest.mark.parametrize("by_hand", [False, True], ids=["killed", "interrupted"])
def test_a_run_whose_terminal_was_closed_is_resumed_with_the_tasks_that_went_on(course, cluster, slurm, by_hand):
    for number in range(6):
        hand_in(course, f"s{number}", SLOW)
    process = start(course, slurm, "--array-size", "1")
    wait_for(lambda: len(spooled(course)) > 0)
    job = job_of(course)
    process.send_signal(signal.SIGINT if by_hand else signal.SIGKILL)
    _, wrong = process.communicate()
    assert ("the tasks go on, and --resume" in wrong) == by_hand, wrong
    done = grade(course, slurm, "--resume", "--array-size", "1")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    arrays = cluster.ask("squeue", "--noheader", "--states=all", "--format=%A").split()
    assert max(map(int, arrays)) == int(job), "what went on was submitted again"
    assert rows(course) == {f"s{number}": 1 for number in range(6)}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--partition", "nowhere"], "Slurm refuses the tasks: Invalid partition name specified"),
        (["--partition", "short"], "Slurm does not start the tasks (PartitionTimeLimit)"),
        (["--time", "soon"], "Slurm refuses the tasks: Invalid --time specification"),
    ],
)
def test_what_slurm_will_not_do_is_one_sentence_and_loses_nothing(course, cluster, slurm, options, words):
    hand_in(course, "ash")
    done = grade(course, slurm, *options)
    assert_one_sentence(done.returncode, done.stderr, words)
    assert cluster.ask("squeue", "--noheader") == "" and results(course) == {}


INVALID = "Slurm refuses the tasks: Invalid account or account/partition combination specified"


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ("nobody", INVALID),
        ("theirs", INVALID),
        ("closed", "Slurm refuses the tasks: Job violates accounting/QOS policy (job submit limit"),
    ],
)
def test_an_account_that_is_not_ours_or_takes_no_tasks_is_one_sentence(course, accounts, account, words):
    hand_in(course, "ash")
    done = grade(course, accounts.environment, "--account", account)
    assert_one_sentence(done.returncode, done.stderr, words)
    assert accounts.ask("squeue", "--noheader") == "" and results(course) == {}


def test_a_class_whose_quota_runs_out_in_the_middle_goes_on_from_there_when_there_is_more(course, accounts):
    for number in range(3):
        hand_in(course, f"s{number}", SLOW)
    process = start(course, accounts.environment, "--account", "course", "--array-size", "1")
    wait_for(lambda: len(spooled(course)) > 0)
    with limited(accounts, "GrpTRESMins", 0):
        accounts.ask("scancel", job_of(course))
        _, wrong = process.communicate(timeout=60)
    assert_one_sentence(process.returncode, wrong, "Slurm does not start the tasks (AssocGrpCPUMinutesLimit)")
    before = done_at(course)
    assert 0 < len(before) < 3
    done = grade(course, accounts.environment, "--account", "course", "--resume")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert before == {student: page_of(course, student).stat().st_mtime_ns for student in before}
    assert rows(course) == {f"s{number}": 1 for number in range(3)}


def test_a_class_waits_while_others_use_all_that_its_account_may_use_at_a_time(course, accounts):
    hand_in(course, "ash")
    others = ["--account=course", "--time=60", "--job-name=others", "--output=/dev/null", "--wrap=sleep 60"]
    accounts.ask("sbatch", *others)
    with limited(accounts, "GrpTRESRunMins", 90):
        wait_for(lambda: accounts.ask("squeue", "--noheader", "--format=%T") == "RUNNING")
        process = start(course, accounts.environment, "--account", "course", "--time", "60")
        assert process.stdout
        said = next((line for line in process.stdout if "AssocGrp" in line), "")
        assert "tasks: 1 pending (AssocGrpCPURunMinutesLimit), 0 running" in said
        accounts.ask("scancel", "--name=others")
        _, wrong = process.communicate(timeout=60)
    assert (process.returncode, wrong) == (0, "")
    assert rows(course) == {"ash": 1}


def test_of_the_reasons_that_slurm_has_only_those_that_do_not_pass_end_a_run():
    stay = """AssocGrpCPUMinutesLimit QOSGrpGRESMinutes AssocGrpWallLimit AssocMaxWallDurationPerJobLimit
        AssocMaxMemPerJob AssocMaxCpuPerNode QOSMaxNodePerJobLimit QOSMinCpuNotSatisfied QOSMinGRES MaxMemPerLimit
        PartitionTimeLimit PartitionNodeLimit AccountNotAllowed QOSNotAllowed InvalidAccount InvalidQOS
        BadConstraints JobHeldAdmin"""
    pass_ = """Priority Resources BeginTime ReqNodeNotAvail PartitionDown AssocGrpCpuLimit AssocGrpJobsLimit
        AssocGrpCPURunMinutesLimit QOSGrpGRESRunMinutes AssocMaxJobsLimit QOSMaxCpuPerUserLimit MaxJobsPerAccount"""
    assert [reason for reason in stay.split() if not NEVER.search(reason)] == []
    assert [reason for reason in pass_.split() if NEVER.search(reason)] == []


def test_a_machine_without_slurm_and_options_without_a_cluster_are_one_sentence_each(course, tmp_path):
    hand_in(course, "ash")
    done = grade(course, os.environ | {"PATH": str(tmp_path)}, "--sandbox", "none")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1) and "there is no Slurm" in done.stderr
    done = run(course, "grade", NAME, "--partition", "main")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1) and "add --executor slurm" in done.stderr


def test_tasks_that_end_without_a_result_round_after_round_end_in_one_sentence(course, tmp_path, slurm):
    hand_in(course, "ash")
    # On the node, Python does not even start.
    broken = "import os\nif 'SLURM_JOB_ID' in os.environ:\n    os.write(2, b'no disk is left\\n')\n    os._exit(1)"
    (tmp_path / "sitecustomize.py").write_text(broken)
    done = grade(course, slurm | {"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stderr
    assert "without a result: 1, ash first" in done.stderr and "no disk is left" in done.stderr
    assert results(course) == {}


def test_a_node_that_cannot_grade_says_why_in_its_sentence(course, slurm):
    cells = master()
    cells.cells[2].source = "import os\nassert 'SLURM_JOB_ID' not in os.environ, 'not on this node'\n" + DOUBLE_CHECK
    write(course / "source" / NAME / f"{NAME}.ipynb", cells)
    hand_in(course, "ash")
    done = grade(course, slurm)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert re.search(r"the node \S+ cannot grade: the master of 01_tiny itself fails double_check", done.stderr)
    assert results(course) == {}


def test_a_node_that_cannot_grade_is_left_out_and_the_others_do_its_share(course, cluster, slurm):
    first, both = slurm_here.HOST, ("--partition", "both")
    cells = master()
    refuse = f"import os\nassert os.environ['SLURMD_NODENAME'] != {first!r}, 'not on this node'\n"
    cells.cells[2].source = refuse + DOUBLE_CHECK
    write(course / "source" / NAME / f"{NAME}.ipynb", cells)
    for student in ("ash", "birch", "cedar", "elm"):
        hand_in(course, student)
    done = grade(course, slurm, *both, "--array-size", "4")
    assert done.returncode == 0, done.stderr
    assert f"the node {first} cannot grade: the master of 01_tiny itself fails double_check" in done.stdout
    assert {about["score"] for about in results(course).values()} == {1.0} and len(results(course)) == 4

    done = grade(course, slurm, *both, "--exclude", first)
    assert done.returncode == 0 and "cannot grade" not in done.stdout, done.stdout


def test_what_was_typed_wins_over_the_variables_of_the_shell(course, cluster, slurm):
    hand_in(course, "ash", SLOW)
    shell = {
        "SBATCH_TIMELIMIT": "45",
        "SBATCH_PARTITION": "short",
        "SQUEUE_PARTITION": "short",
        "SBATCH_MEM_PER_NODE": "1",
    }
    partition = cluster.ask("sinfo", "--noheader", "--format=%P").split("*")[0].split()[0]
    run = start(course, slurm | shell, "--time", "30", "--partition", partition, "--sbatch", "nice=7")
    wait_for(lambda: (course / ".results" / ".slurm" / NAME / "jobs.json").is_file())
    asked = cluster.ask("scontrol", "show", "job", job_of(course))
    out, wrong = run.communicate(timeout=120)
    assert run.returncode == 0, out + wrong
    assert "TimeLimit=00:30:00" in asked and f"Partition={partition}" in asked and "Nice=7" in asked, asked
    assert results(course)["ash"]["score"] == 1.0


def test_a_run_inside_a_task_of_another_array_finds_its_own_tasks(course, slurm):
    hand_in(course, "ash")
    outer = {
        "SLURM_ARRAY_JOB_ID": "33",
        "SLURM_ARRAY_TASK_ID": "3",
        "SLURM_JOB_ID": "36",
        "SLURM_ARRAY_TASK_COUNT": "4",
    }
    done = grade(course, slurm | outer, "--student", "ash", "--array-size", "1")
    assert done.returncode == 0, done.stderr
    assert results(course)["ash"]["score"] == 1.0


def test_a_job_of_somebody_elses_purpose_with_the_number_of_an_earlier_task_goes_on(course, cluster, slurm):
    other = cluster.ask("sbatch", "--parsable", "--job-name=mine", "--wrap=sleep 60").strip()
    folder = course / ".results" / ".slurm" / NAME
    folder.mkdir(parents=True)
    (folder / "jobs.json").write_text(json.dumps({"mark": "autograder-of-last-week", "jobs": [other]}))
    hand_in(course, "ash")
    done = grade(course, slurm)
    assert done.returncode == 0, done.stderr
    assert other in cluster.ask("squeue", "--noheader", "--format=%i")
    cluster.ask("scancel", other)


@pytest.mark.parametrize(
    ("typed", "words"), [("reservation", "takes NAME=VALUE"), ("--mem=3G", "the run decides that")]
)
def test_an_option_of_sbatch_that_cannot_be_passed_on_is_one_sentence(course, typed, words):
    done = run(course, "grade", NAME, "--executor", "slurm", f"--sbatch={typed}")
    assert done.returncode == 1 and words in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_second_command_waits_for_the_first(course, slurm):
    hand_in(course, "ash")
    lock = course / ".results" / ".slurm" / f"{NAME}.lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = grade(course, slurm)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "01_tiny is being graded on Slurm by another command" in done.stderr


# --- JupyterLab on a node

SITE = """\
COURSE_CLUSTER=""
COURSE_PARTITION="main"
COURSE_ACCOUNT=""
COURSE_HOURS="1"
COURSE_CPUS="1"
COURSE_MEMORY_GB="1"
COURSE_GPUS="0"
COURSE_LOGIN="login.example.org"
COURSE_MODULES=""
COURSE_FOLDER="{course}"
COURSE_ENVIRONMENT="{environment}"
COURSE_CACHE="{home}/cache"
"""


def test_jupyterlab_starts_on_a_node_and_one_ssh_line_says_how_to_reach_it(tmp_path, cluster, slurm):
    settings = {"course": REPOSITORY, "environment": sys.prefix, "home": tmp_path}
    (tmp_path / "site.sh").write_text(SITE.format(**settings))
    (tmp_path / ".jupyter").mkdir()
    (tmp_path / ".jupyter" / "jupyter_server_config.json").write_text('{"ServerApp": {"allow_root": true}}')
    environment = slurm | {"COURSE_SITE": str(tmp_path / "site.sh"), "HOME": str(tmp_path), "USER": "student"}
    words = ["bash", str(REPOSITORY / "cluster" / "lab.sh")]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=90, check=False)
    job = re.search(r"scancel (\d+)", done.stdout)
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        ssh = re.findall(r"^ssh -N -L 8888:(\S+):(\d+) student@login.example.org$", done.stdout, re.M)
        (token,) = re.findall(r"^http://localhost:8888/lab\?token=(\w{48})$", done.stdout, re.M)
        assert len(ssh) == 1
        place = f"http://{ssh[0][0]}:{ssh[0][1]}/api/contents/notebooks/00_getting_started.ipynb?content=0"
        through_ssh = {"Host": "localhost:8888"}  # what a browser asks for at the near end of the line
        with_token = urllib.request.Request(place, headers=through_ssh | {"Authorization": f"token {token}"})
        with urllib.request.urlopen(with_token, timeout=20) as answer:
            assert json.load(answer)["type"] == "notebook"
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(urllib.request.Request(place, headers=through_ssh), timeout=20)
        logs = list((tmp_path / ".deep-learning").iterdir())
        assert logs and all(path.stat().st_mode & 0o077 == 0 for path in logs), "others could read the token"
    finally:
        if job:
            cluster.ask("scancel", job[1])


def test_a_job_that_ends_before_jupyterlab_starts_says_why(tmp_path, slurm):
    settings = {"course": REPOSITORY, "environment": tmp_path / "none", "home": tmp_path}
    (tmp_path / "site.sh").write_text(SITE.format(**settings))
    environment = slurm | {"COURSE_SITE": str(tmp_path / "site.sh"), "HOME": str(tmp_path)}
    words = ["bash", str(REPOSITORY / "cluster" / "lab.sh")]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 1 and "run cluster/setup.sh" in done.stderr


# --- the files in cluster/


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Path:
    """The files of Open OnDemand, with the values that a form would give."""
    if shutil.which("ruby") is None:
        pytest.skip("Ruby is not installed, which Open OnDemand fills its templates with")
    home = tmp_path_factory.mktemp("ondemand")
    program = """
      require "erb"; require "ostruct"
      partition, account, cpus, memory_gb, gpus = "short", "", "2", "8", "1"
      host, port, password = "node", 4000, "secret"
      context = OpenStruct.new(site_file: ENV["COURSE_SITE"])
      ARGV.each_slice(2) { |from, to| File.write(to, ERB.new(File.read(from), trim_mode: "-").result(binding)) }
    """
    folder = REPOSITORY / "cluster" / "ondemand"
    files = [pair for path in folder.rglob("*.erb") for pair in (str(path), str(home / path.stem))]
    environment = os.environ | {"COURSE_SITE": str(REPOSITORY / "cluster" / "site.sh")}
    subprocess.run(["ruby", "-e", program, *files], env=environment, check=True)
    return home


def test_the_form_of_open_ondemand_takes_its_values_from_the_one_settings_file(rendered):
    yaml = pytest.importorskip("yaml")
    form = yaml.safe_load((rendered / "form.yml").read_text())
    site = dict(re.findall(r'^(COURSE_\w+)="(.*)"$', (REPOSITORY / "cluster" / "site.sh").read_text(), re.M))
    assert form["cluster"] == site["COURSE_CLUSTER"]
    assert form["attributes"]["partition"]["value"] == site["COURSE_PARTITION"]
    assert str(form["attributes"]["bc_num_hours"]["value"]) == site["COURSE_HOURS"]
    assert set(form["form"]) == set(form["attributes"])
    submit = yaml.safe_load((rendered / "submit.yml").read_text())
    assert submit["script"]["queue_name"] == "short" and "accounting_id" not in submit["script"]
    assert submit["script"]["native"][2:] == ["--cpus-per-task=2", "--mem=8G", "--gres=gpu:1"]
    assert "/node/node/4000/lab?token=secret" in (rendered / "view.html").read_text()


def test_all_scripts_are_clean_to_shellcheck(request):
    program = shutil.which("shellcheck")
    if program is None:
        pytest.skip("shellcheck is not installed")
    folder = REPOSITORY / "cluster"
    scripts = [*folder.glob("*.sh"), *folder.glob("*.sbatch"), REPOSITORY / ".ci" / "run"]
    if shutil.which("ruby"):
        scripts += [request.getfixturevalue("rendered") / name for name in ("script.sh", "before.sh")]
    assert len(scripts) >= 5
    words = [program, "--external-sources", *map(str, scripts)]
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout

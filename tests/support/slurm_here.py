"""A real Slurm of two nodes on this machine, for tests: all its processes and files in a folder of their own."""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from support.gate import record_use

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def _missing(*programs: str) -> list[str]:
    return [name for name in programs if shutil.which(name, path=PATH) is None]


MISSING = _missing("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel")
MISSING_FOR_ACCOUNTS = _missing("mariadb-install-db", "mariadbd", "slurmdbd", "sacctmgr")
START_SECONDS = 30.0
HOST, USER = socket.gethostname().split(".")[0], getpass.getuser()
OTHER = "other"  # a second node on the same host; only the partition `both` has it

# Without systemd there are no cgroups to hold a task. The nodes promise more than there is, so that the tests run on a
# small machine. A task that was put back into the queue waits as long as a credential lasts, usually two minutes. The
# partition `short` starts nothing that asks for over a minute; `urgent` takes nodes from the tasks of the others.
CONFIG = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmdParameters=config_overrides
KillWait=2
MinJobAge=60
ReturnToService=2
NodeName=DEFAULT CPUs=4 RealMemory=64000 State=UNKNOWN
NodeName={host} NodeAddr=127.0.0.1 Port={ports[1]}
NodeName={other} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]}
PartitionName=DEFAULT Nodes={host} MaxTime=120 State=UP
PartitionName=main Default=YES
PartitionName=short MaxTime=1
PartitionName=both Nodes=ALL LLN=YES
PartitionName=urgent Nodes=ALL PriorityTier=2
"""
WITH_ACCOUNTS = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort={ports[3]}
AccountingStoragePass={folder}/munge.socket
AccountingStorageEnforce=associations,limits
"""
DATABASE_DAEMON = """\
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
DbdHost=localhost
DbdPort={ports[3]}
SlurmUser={user}
LogFile={folder}/slurmdbd.log
PidFile={folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser={user}
"""
# What `sacctmgr` adds.
ACCOUNTS = (
    "cluster tests",
    "account course,theirs",
    "account closed MaxSubmitJobs=0",
    f"user {USER} account=course,closed",
)


class Slurm:
    """A Slurm that runs. `environment`: that in which its commands find it."""

    def __init__(self, folder: Path, accounts: bool) -> None:
        self.environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": PATH}
        self._folder = folder
        self._running: dict[str, subprocess.Popen] = {}
        self._values = {"host": HOST, "other": OTHER, "user": USER, "folder": folder, "ports": _free_ports(4)}
        self._write("slurm.conf", CONFIG + WITH_ACCOUNTS * accounts)
        (folder / "state").mkdir()

    def start(self, accounts: bool) -> None:
        self._start_munge()
        if accounts:
            self._start_database()
        self._start("slurmctld", ["slurmctld", "-D"])
        for node in (HOST, OTHER):
            self.start_node(node)
        for node in (HOST, OTHER):
            self._wait(lambda node=node: self.state_of(node) == "idle")

    def end(self) -> None:
        """Kill everything, as nothing has to be kept; a step that was only asked to end would wait for its Slurm."""
        for process in self._running.values():
            process.kill()
            process.wait()
        for node in (HOST, OTHER):
            self._kill_all_on(node)

    def ask(self, *words: str) -> str:
        """Run a command of Slurm and return what it printed."""
        return self._do(*words).stdout.strip()

    def state_of(self, node: str) -> str:
        return self.ask("sinfo", "--noheader", f"--nodes={node}", "--partition=both", "--format=%t")

    def start_node(self, node: str) -> None:
        """Start a node, or bring it back."""
        self._start(node, ["slurmd", "-D", "-N", node], SLURMD_NODENAME=node)

    def lose_node(self, node: str) -> None:
        """Let a node go away as without power, and tell Slurm, which takes minutes to be sure of it."""
        self._running.pop(node)
        self._kill_all_on(node)
        self.ask("scontrol", "update", f"nodename={node}", "state=down", "reason=gone")

    def _kill_all_on(self, node: str) -> None:
        """Kill its slurmd, the steps and what they run."""
        for process in _processes(f"SLURM_CONF={self.environment['SLURM_CONF']}", f"SLURMD_NODENAME={node}"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def _do(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, check=False, timeout=60)

    def _start_munge(self) -> None:
        key = self._folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(secrets.token_bytes(64))
        names = {"socket": "munge.socket", "key-file": key.name, "pid-file": "munge.pid", "seed-file": "munge.seed"}
        options = [f"--{option}={self._folder / name}" for option, name in names.items()]
        self._start("munged", ["munged", "--foreground", "--force", *options])
        self._wait((self._folder / "munge.socket").exists)

    def _start_database(self) -> None:
        """Start MariaDB and slurmdbd, and load the accounts."""
        data, place = self._folder / "database", self._folder / "database.socket"
        quick = ["--innodb-flush-method=nosync", "--sync-frm=0"]  # nothing has to outlive the tests
        words = ["--no-defaults", f"--user={USER}", f"--datadir={data}", *quick]
        made = self._do("mariadb-install-db", *words, "--auth-root-authentication-method=normal", "--skip-test-db")
        assert made.returncode == 0, made.stdout + made.stderr
        self._start("mariadbd", ["mariadbd", *words, f"--socket={place}", "--skip-networking", "--skip-grant-tables"])
        self._wait(place.exists)
        self._write("slurmdbd.conf", DATABASE_DAEMON)
        self._start("slurmdbd", ["slurmdbd", "-D"], MYSQL_UNIX_PORT=str(place))
        for words in ACCOUNTS:
            self._wait(lambda words=words: self.ask("sacctmgr", "-i", "add", *words.split()) != "")

    def _write(self, name: str, template: str) -> None:
        path = self._folder / name
        path.touch(mode=0o600)  # slurmdbd reads no settings that others could
        path.write_text(template.format(**self._values))

    def _start(self, name: str, words: list[str], **more: str) -> None:
        with (self._folder / f"{name}.out").open("wb") as out:
            program = [shutil.which(words[0], path=PATH), *words[1:]]
            self._running[name] = subprocess.Popen(
                program, env=self.environment | more, stdout=out, stderr=out, start_new_session=True
            )

    def _wait(self, is_there: Callable[[], bool]) -> None:
        end = time.monotonic() + START_SECONDS
        while not is_there():
            if time.monotonic() > end or any(process.poll() is not None for process in self._running.values()):
                logs = sorted(self._folder.glob("*.[ol][uo][tg]"))
                raise RuntimeError(
                    "Slurm did not start: " + "\n".join(p.read_text(errors="replace")[-800:] for p in logs)
                )
            time.sleep(0.05)


@contextlib.contextmanager
def slurm(folder: Path, accounts: bool = False) -> Iterator[Slurm]:
    """Start Slurm with all its files in `folder`, with a database of accounts or without; end it."""
    here = Slurm(folder, accounts)
    try:
        here.start(accounts)
        record_use("slurm")
        yield here
    finally:
        here.end()


def _processes(*marks: str) -> list[int]:
    """Return the processes in whose environment all `marks` stand."""
    found, wanted = [], {mark.encode() for mark in marks}
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted <= set(path.read_bytes().split(b"\0")):
                found.append(int(path.parent.name))
    return found


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]

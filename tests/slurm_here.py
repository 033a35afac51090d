"""A real Slurm of one node on this machine, for tests: munged, slurmctld and slurmd in a folder of their own."""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel")
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
MISSING = [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]
START_SECONDS = 30.0

# Without systemd there are no cgroups to hold a task, and without a database no accounts. The node promises more than
# it has, so that the tests run on a small machine. The partition `short` starts nothing that asks for over a minute.
CONFIG = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
KillWait=2
MinJobAge=60
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=64000 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=120 State=UP
PartitionName=short Nodes={host} MaxTime=1 State=UP
"""


@contextlib.contextmanager
def slurm(folder: Path) -> Iterator[dict[str, str]]:
    """Start Slurm with all its files in `folder`; yield the environment in which its commands find it; end it."""
    host = socket.gethostname().split(".")[0]
    for name in ("state", "spool"):
        (folder / name).mkdir()
    config = CONFIG.format(host=host, ports=_free_ports(2), folder=folder, user=getpass.getuser())
    (folder / "slurm.conf").write_text(config)
    (folder / "munge.key").write_bytes(secrets.token_bytes(64))
    (folder / "munge.key").chmod(0o600)
    environment = os.environ | {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": PATH}
    names = {"socket": "munge.socket", "key-file": "munge.key", "pid-file": "munge.pid", "seed-file": "munge.seed"}
    munge = [f"--{option}={folder / name}" for option, name in names.items()]
    commands = (["munged", "--foreground", "--force", *munge], ["slurmctld", "-D"], ["slurmd", "-D", "-N", host])
    running: list[subprocess.Popen] = []
    try:
        for command in commands:
            running.append(_start(command, folder, environment))
            if command[0] == "munged":
                _wait(lambda: (folder / "munge.socket").exists(), folder, running)
        idle = ["sinfo", "--noheader", "--partition=main", "--format=%t"]
        _wait(lambda: ask(environment, *idle) == "idle", folder, running)
        yield environment
    finally:
        ask(environment, "scancel", f"--user={getpass.getuser()}")
        for process in reversed(running):
            process.terminate()
        for process in reversed(running):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def ask(environment: dict[str, str], *words: str) -> str:
    """Run a command of Slurm and return what it printed."""
    return subprocess.run(
        words, env=environment, capture_output=True, text=True, check=False, timeout=60
    ).stdout.strip()


def _start(command: Sequence[str], folder: Path, environment: dict[str, str]) -> subprocess.Popen:
    with (folder / f"{command[0]}.out").open("wb") as out:
        program = [shutil.which(command[0], path=PATH), *command[1:]]
        return subprocess.Popen(program, env=environment, stdout=out, stderr=out, start_new_session=True)


def _wait(is_there, folder: Path, running: Sequence[subprocess.Popen]) -> None:
    end = time.monotonic() + START_SECONDS
    while not is_there():
        if time.monotonic() > end or any(process.poll() is not None for process in running):
            written = [path.read_text(errors="replace")[-800:] for path in sorted(folder.glob("*.[ol][uo][tg]"))]
            raise RuntimeError("Slurm did not start: " + "\n".join(written))
        time.sleep(0.05)


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
